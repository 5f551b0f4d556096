"""Mutators whose candidates are the formulas of a space."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from evolve.proposers.spaces.formula import of_program, source
from evolve.proposers.spaces.space import Space

CROSSOVER_RATE = 0.3


@dataclasses.dataclass(frozen=True)
class RandomFormulas:
  """Random formulas of a space, without parents."""

  space: Space

  @property
  def num_parents(self) -> int:
    return 0

  def propose(self, parents: Sequence[str], rng: np.random.Generator) -> str:
    """Returns a new random formula's program."""
    del parents
    return source(self.space.draw(rng))


@dataclasses.dataclass(frozen=True)
class EvolvedFormulas:
  """Evolution within a space, as in arXiv 2002.07224.

  A child has one operator of its parent's replaced, or one part replaced by an
  equally high one of another parent's. Parents are those formulas that are of
  the space; without one, as after a generation zero of other programs, the
  child is a random formula.

  Attributes:
    space: of all children.
    crossover_rate: share of the children of two parents made by crossover.
  """

  space: Space
  crossover_rate: float = CROSSOVER_RATE

  @property
  def num_parents(self) -> int:
    return 4

  def propose(self, parents: Sequence[str], rng: np.random.Generator) -> str:
    """Returns the program of a child."""
    found = [
      formula
      for formula in map(of_program, parents)
      if formula and self.space.has(formula)
    ]
    if not found:
      return source(self.space.draw(rng))
    if len(found) > 1 and rng.random() < self.crossover_rate:
      return source(self.space.cross(found[0], found[1], rng))
    return source(self.space.mutate(found[0], rng))
