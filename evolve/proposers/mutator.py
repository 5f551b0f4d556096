"""Mutators, which write a child at once, as proposers of a search."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from evolve.program import Program
from evolve.proposers.immediate import ImmediateProposer, unseen
from evolve.search.population import Population


class Mutator(Protocol):
  """Writes one child from a few parents.

  A mutator holds no state that changes: the child depends on the parents and
  the generator only, so that a resumed search repeats itself.
  """

  @property
  def num_parents(self) -> int:
    """The number of parents that `propose` uses; 0 if it ignores them."""

  def propose(self, parents: Sequence[str], rng: np.random.Generator) -> str:
    """Returns the source of a child of `parents`, the main one first."""


class MutatorProposer(ImmediateProposer):
  """Writes every slot by a mutator; see `Proposer`."""

  def __init__(self, mutator: Mutator):
    self._mutator = mutator

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program:
    """A program not seen before, if a few attempts find one."""
    count = self._mutator.num_parents

    def draw() -> Program:
      parents = population.select(slot, rng, count) if count else []
      source = self._mutator.propose([p.source for p in parents], rng)
      return Program(source, tuple(p.program_id for p in parents))

    return unseen(draw, population)
