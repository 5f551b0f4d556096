"""Shortlists by outputs, and what they miss."""

import numpy as np
import pytest

from evolve.proposers.spaces.enumeration import (
  INPUT,
  LARGE,
  SMALL,
  Enumeration,
  Shape,
)
from evolve.proposers.spaces.formula import parse
from evolve.surrogate.actbench import ActBench
from evolve.surrogate.shortlist import Known, shortlist
from harness.core.errors import UserError

_NAMES = ("tanh", "erf", "relu", "softplus", "square", "reciprocal")
_SPACE = Enumeration(Shape(_NAMES, (INPUT,)))


def _known(**scores: float) -> Known:
  names = [f"{name}(x)" for name in scores]
  return Known(list(map(parse, names)), np.array(list(scores.values())))


def test_neighbours_of_good_functions_come_first() -> None:
  """Softsign is near tanh and erf, elu near relu and softplus."""
  known = _known(softsign=0.9, elu=0.5, exp=0.1, cosh=0.1, sinh=0.1)
  found = [str(f) for f in shortlist(_SPACE, known)]
  assert found[:2] == ["tanh(x)", "erf(x)"]
  assert sorted(found) == sorted(f"{name}(x)" for name in _NAMES)


def test_of_equal_predictions_the_nearer_one_counts() -> None:
  (found,) = shortlist(_SPACE, _known(softsign=0.9), size=1)
  assert str(found) == "tanh(x)"


def test_a_function_with_infinite_outputs_is_never_listed() -> None:
  space = Enumeration(
    Shape(("tanh", "exp"), (Shape(("exp",), (Shape(("cosh",), (INPUT,)),)),))
  )  # exp(exp(cosh(5))) is infinite.
  found = shortlist(space, _known(softsign=0.9, relu=0.1))
  assert [str(f) for f in found] == ["tanh(exp(cosh(x)))"]


def test_known_scores_are_those_of_a_task() -> None:
  scores = {"digits": np.array([[0.5, 0.7], [np.nan, 0.9]])}
  bench = ActBench(("tanh(x)", "erf(x)"), scores, {"digits": (0, 1)})
  known = Known.of(bench, "digits")
  assert known.scores == pytest.approx([0.6, 0.9])
  assert list(map(str, known.best(1))) == ["erf(x)"]
  assert known.digest != _known(tanh=0.6, erf=0.8).digest
  with pytest.raises(UserError, match="nearest: digits"):
    Known.of(bench, "digit")
  with pytest.raises(UserError, match="functions that are formulas"):
    Known.of(ActBench(("my relu",), {"t": np.ones((1, 1))}, {"t": (0,)}), "t")


@pytest.mark.slow
def test_a_shortlist_of_the_large_space() -> None:
  formulas = [SMALL.formula(int(i)) for i in SMALL.first_of_each()]
  scores = np.random.default_rng(0).random(len(formulas))
  found = shortlist(LARGE, Known(formulas, scores))
  assert len(found) == len(set(found)) == 5_000
