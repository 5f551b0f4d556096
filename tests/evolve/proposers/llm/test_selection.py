"""Models are selected by fixed weights or by a bandit."""

import collections

import numpy as np
import pytest

from evolve.proposers.llm.models import Model, Price
from evolve.proposers.llm.selection import (
  SELECTIONS,
  Bandit,
  Selection,
  Weighted,
)

_URL = "http://localhost:1/v1"
_CHEAP = Model("cheap", _URL, price=Price(1, 1))
_DEAR = Model("dear", _URL, price=Price(10, 10))
_UNPRICED = Model("unpriced", _URL)


def _rng(seed: int = 0) -> np.random.Generator:
  return np.random.default_rng(seed)


def _names(
  selection: Selection,
  count: int,
  gains: dict[str, float],
  costs: dict[str, float],
  tokens: dict[str, int] | None = None,
) -> list[str]:
  """The models selected if each slot is learnt before the next."""
  rng, found = _rng(), []
  for _ in range(count):
    name = selection.choose(rng).name
    selection.learn(name, gains[name], costs[name], (tokens or {}).get(name, 0))
    found.append(name)
  return found


@pytest.mark.parametrize("name", SELECTIONS)
@pytest.mark.parametrize("seed", range(3))
def test_depends_on_the_generator_and_the_past_alone(
  name: str, seed: int
) -> None:
  models = (_CHEAP, _DEAR, _UNPRICED)

  def choices() -> list[str]:
    selection, rng = SELECTIONS[name](models), _rng(seed)
    facts, found = _rng(seed + 100), []
    for _ in range(100):
      model = selection.choose(rng).name
      gain, cost = facts.random(2)
      selection.learn(model, gain, cost, int(1000 * cost))
      found.append(model)
    return found

  assert choices() == choices()
  assert set(choices()) == {"cheap", "dear", "unpriced"}


@pytest.mark.parametrize("name", SELECTIONS)
def test_a_single_model(name: str) -> None:
  selection = SELECTIONS[name]([_UNPRICED])
  assert set(_names(selection, 5, {"unpriced": 0.0}, {"unpriced": 0.0})) == {
    "unpriced"
  }


def test_weights_are_shares() -> None:
  models = [Model("a", _URL, 0.5), Model("b", _URL, 3), Model("c", _URL, 1.5)]
  rng, selection = _rng(), Weighted(models)
  counts: collections.Counter[str] = collections.Counter()
  for _ in range(4000):
    model = selection.choose(rng)
    selection.learn(model.name, float(model.name == "a"), 0.0, 0)
    counts[model.name] += 1
  shares = [counts[m.name] / 4000 for m in models]
  np.testing.assert_allclose(shares, [0.1, 0.6, 0.3], atol=0.03)


def test_the_bandit_tries_each_once() -> None:
  models = [Model(str(i), _URL, price=Price(1, 1)) for i in range(5)]
  gains = {str(i): float(i == 1) for i in range(5)}
  found = _names(Bandit(models), 5, gains, dict.fromkeys(gains, 1.0))
  assert sorted(found) == ["0", "1", "2", "3", "4"]


def test_equals_are_drawn_by_the_generator() -> None:
  models = [Model(str(i), _URL, price=Price(1, 1)) for i in range(5)]
  rngs = [np.random.default_rng(seed) for seed in range(30)]
  drawn = [Bandit(models).choose(rng).name for rng in rngs]
  assert set(drawn) == {"0", "1", "2", "3", "4"}
  rngs = [np.random.default_rng(seed) for seed in range(30)]
  assert drawn == [Bandit(models).choose(rng).name for rng in rngs]


def test_the_bandit_prefers_more_gain_for_the_same_cost() -> None:
  models = [Model(n, _URL, price=Price(1, 1)) for n in ("worse", "better")]
  gains = {"worse": 0.0001, "better": 0.001}  # The scale does not matter.
  names = _names(Bandit(models), 400, gains, dict.fromkeys(gains, 1.0))
  assert names.count("better") > 0.8 * len(names)
  assert "worse" in names[50:]  # It never stops looking.


def test_the_bandit_prefers_less_cost_for_the_same_gain() -> None:
  costs = {"cheap": 0.001, "dear": 0.01}
  gains = dict.fromkeys(costs, 0.5)
  names = _names(Bandit([_DEAR, _CHEAP]), 400, gains, costs)
  assert names.count("cheap") > 0.9 * len(names)


def test_the_bandit_pays_for_a_dear_model_that_gains_more() -> None:
  costs = {"cheap": 0.01, "dear": 0.02}
  gains = {"cheap": 0.0, "dear": 1.0}
  names = _names(Bandit([_CHEAP, _DEAR]), 400, gains, costs)
  assert names.count("dear") > 0.6 * len(names)


def test_tokens_stand_for_cost_if_a_price_is_missing() -> None:
  models = [_CHEAP, _UNPRICED]
  gains = {"cheap": 0.5, "unpriced": 0.5}
  costs = {"cheap": 0.01, "unpriced": 0.0}
  tokens = {"cheap": 100, "unpriced": 1000}
  names = _names(Bandit(models), 200, gains, costs, tokens)
  assert names.count("cheap") > 0.9 * len(names)
  tokens = {"cheap": 1000, "unpriced": 100}
  names = _names(Bandit(models), 200, gains, costs, tokens)
  assert names.count("unpriced") > 0.9 * len(names)


def test_the_bandit_without_costs_or_gains() -> None:
  costs = {"cheap": 0.0, "dear": 0.0}
  names = _names(Bandit([_CHEAP, _DEAR]), 20, costs, costs)
  assert names.count("cheap") == names.count("dear")
  gains = {"cheap": 0.0, "dear": 1.0}
  names = _names(Bandit([_CHEAP, _DEAR]), 400, gains, costs)
  assert names.count("dear") > 0.8 * len(names)


@pytest.mark.parametrize("name", SELECTIONS)
def test_models_of_an_earlier_process_are_ignored(name: str) -> None:
  first, second = (SELECTIONS[name]([_CHEAP, _DEAR]) for _ in range(2))
  for stranger in ("gone", ""):
    second.learn(stranger, 1e9, 1e9, 10**9)
  gains, costs = {"cheap": 0.1, "dear": 0.9}, {"cheap": 0.1, "dear": 0.2}
  assert _names(first, 50, gains, costs) == _names(second, 50, gains, costs)
