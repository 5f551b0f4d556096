"""Selection of the model for a slot: by fixed weights, or by a bandit."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from evolve.proposers.llm.models import Model

# Of the upper confidence bound; sqrt(2) is that of UCB1.
_EXPLORATION = math.sqrt(2.0)
# Relative to the dearest model: a free one is not worth infinitely much.
_LEAST_COST = 0.01


class Selection(Protocol):
  """A choice of models that depends on the generator and on past slots only."""

  def choose(self, rng: np.random.Generator) -> Model:
    """The model to ask for a slot."""

  def learn(self, model: str, gain: float, cost: float, tokens: int) -> None:
    """Takes in a committed slot.

    Args:
      model: name of the model that wrote its program.
      gain: in value over its parent, at least 0.
      cost: US dollars.
      tokens: of prompts and answers.
    """


class Weighted:
  """Fixed shares."""

  def __init__(self, models: Sequence[Model]):
    self._models = models
    weights = np.array([m.weight for m in models])
    self._shares = weights / weights.sum()

  def choose(self, rng: np.random.Generator) -> Model:
    return self._models[int(rng.choice(len(self._models), p=self._shares))]

  def learn(self, model: str, gain: float, cost: float, tokens: int) -> None:
    """Fixed shares learn nothing."""


@dataclasses.dataclass
class _Arm:
  pulls: int = 0
  gain: float = 0.0
  cost: float = 0.0


class Bandit:
  """The greatest upper bound of gain per cost.

  The density-ordered rule of KUBE (Tran-Thanh et al., AAAI 2012), with gains
  relative to the greatest so far, so that they lie in [0, 1]; tokens stand for
  cost unless all prices are known. Draws among equals only.
  """

  def __init__(self, models: Sequence[Model]):
    self._models = models
    self._arms = {m.name: _Arm() for m in models}
    self._greatest = 0.0
    self._is_priced = all(m.price for m in models)

  def choose(self, rng: np.random.Generator) -> Model:
    densities = [self._density(model) for model in self._models]
    best = [
      m
      for m, d in zip(self._models, densities, strict=True)
      if d == max(densities)
    ]
    # Before the first results are in, all are equal.
    return best[int(rng.integers(len(best)))]

  def learn(self, model: str, gain: float, cost: float, tokens: int) -> None:
    arm = self._arms.get(model)
    if arm is None:  # Of an earlier process, with other models.
      return
    arm.pulls += 1
    arm.gain += gain
    arm.cost += cost if self._is_priced else float(tokens)
    self._greatest = max(self._greatest, gain)

  def _density(self, model: Model) -> float:
    arm = self._arms[model.name]
    if not arm.pulls:
      return math.inf
    pulls = sum(a.pulls for a in self._arms.values())
    mean = arm.gain / arm.pulls / (self._greatest or 1.0)
    bound = mean + _EXPLORATION * math.sqrt(math.log(pulls) / arm.pulls)
    dearest = max(a.cost / a.pulls for a in self._arms.values() if a.pulls)
    cost = arm.cost / arm.pulls / dearest if dearest else 1.0
    return bound / max(cost, _LEAST_COST)


SELECTIONS: dict[str, Callable[[Sequence[Model]], Selection]] = {
  "weights": Weighted,
  "bandit": Bandit,
}
