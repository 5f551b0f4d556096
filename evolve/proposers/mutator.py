"""Mutators, which write a child at once, as proposers of a search."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from evolve.program import Program
from evolve.proposers.proposer import Draft
from evolve.search.database import Row
from evolve.search.population import Population
from harness.core.fitness import Report

_ATTEMPTS = 8


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


class MutatorProposer:
  """Writes every slot at once by a mutator; see `Proposer`."""

  wake = None

  def __init__(self, mutator: Mutator):
    self._mutator = mutator

  def is_immediate(self, slot: int) -> bool:
    del slot
    return True

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program:
    """A program not seen before, if a few attempts find one."""
    count = self._mutator.num_parents
    for _ in range(_ATTEMPTS):
      parents = population.select(slot, rng, count) if count else []
      source = self._mutator.propose([p.source for p in parents], rng)
      program = Program(source, tuple(p.program_id for p in parents))
      if program.id not in population.known:
        break
    return program

  def recall(self, slot: int, program: Program) -> None:
    """A mutator depends on nothing that it wrote."""

  def drafts(self) -> Iterable[Draft]:
    return ()

  def send_back(self, slot: int, report: Report) -> bool:
    del slot, report
    return False

  def learn(self, row: Row, population: Population) -> None:
    """A mutator learns nothing."""
