"""Ways to choose the next function of those that a benchmark has scores of."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np

from evolve.proposers.spaces import CORE_UNIT
from evolve.proposers.spaces.enumeration import SMALL
from evolve.proposers.spaces.formula import Formula
from evolve.proposers.spaces.mutators import CROSSOVER_RATE
from evolve.surrogate.predictors import Prediction, Predictor

# Of the evaluated functions, the latest are parents (Real et al., arXiv
# 1802.01548), each child's the best of a few.
_POPULATION, _TOURNAMENT = 32, 8
_ATTEMPTS = 100


class Strategy(Protocol):
  """Chooses the next of N functions."""

  def merits(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> np.ndarray:
    """Merits of the functions, [N]: the next is the best not yet evaluated.

    Args:
      known: numbers of the functions evaluated, in their order.
      scores: of those.
      rng: for what is random in it.
    """


@dataclasses.dataclass(frozen=True)
class Random:
  """Any function.

  Attributes:
    count: of functions.
  """

  count: int

  def merits(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> np.ndarray:
    del known, scores
    return rng.random(self.count)


@dataclasses.dataclass(frozen=True)
class Predicted:
  """The function that a predictor thinks best.

  Attributes:
    predictor: of scores.
    acquire: what is maximised, of a prediction: [N].
  """

  predictor: Predictor
  acquire: Callable[[Prediction], np.ndarray] = lambda p: p.mean

  def merits(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> np.ndarray:
    return self.acquire(self.predictor.predict(known, scores, rng))


@dataclasses.dataclass(frozen=True)
class Evolved:
  """A child of good functions, by mutation or crossover of their formulas.

  Attributes:
    formulas: of the functions, [N].
    numbers: of functions, by the text of each formula that equals one.
  """

  formulas: Sequence[Formula]
  numbers: Mapping[str, int]

  @classmethod
  def of(cls, formulas: Sequence[Formula]) -> "Evolved":
    """With all formulas of the small space that equal one of the functions."""
    groups = SMALL.group_of_each().tolist()
    group_of = {str(SMALL.formula(i)): g for i, g in enumerate(groups)}
    number_of = {
      group_of[str(formula)]: number
      for number, formula in enumerate(formulas)
      if str(formula) in group_of
    }
    numbers = {
      text: number_of[group]
      for text, group in group_of.items()
      if group in number_of
    }
    return cls(formulas, numbers)

  def merits(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> np.ndarray:
    merits = np.zeros(len(self.formulas))
    evaluated = set(known.tolist())
    for _ in range(_ATTEMPTS):
      number = self.numbers.get(str(self._child(known, scores, rng)))
      if number is not None and number not in evaluated:
        merits[number] = 1.0
        break
    return merits

  def _child(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> Formula:
    parent = self._parent(known, scores, rng)
    if rng.random() < CROSSOVER_RATE:
      return CORE_UNIT.cross(parent, self._parent(known, scores, rng), rng)
    return CORE_UNIT.mutate(parent, rng)

  def _parent(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> Formula:
    latest, merits = known[-_POPULATION:], scores[-_POPULATION:]
    drawn = rng.choice(len(latest), min(_TOURNAMENT, len(latest)), False)
    best = drawn[np.argmax(merits[drawn])]
    return self.formulas[int(latest[best])]
