"""Proposers that write every slot at once."""

from collections.abc import Callable, Iterable

from evolve.program import Program
from evolve.proposers.proposer import Draft
from evolve.search.database import Row
from evolve.search.population import Population
from harness.core.fitness import Report

_ATTEMPTS = 8


class ImmediateProposer:
  """The rest of a `Proposer` whose `propose` writes every slot.

  One that depends on what it wrote, or on results, has a `recall` or a `learn`
  of its own, too.
  """

  wake = None

  def is_immediate(self, slot: int) -> bool:
    del slot
    return True

  def recall(self, slot: int, program: Program, population: Population) -> None:
    del slot, program, population

  def drafts(self) -> Iterable[Draft]:
    return ()

  def send_back(self, slot: int, report: Report) -> bool:
    del slot, report
    return False

  def learn(self, row: Row, population: Population) -> None:
    del row, population


def unseen(draw: Callable[[], Program], population: Population) -> Program:
  """A program not seen before, if a few draws find one, else the last."""
  for _ in range(_ATTEMPTS):
    program = draw().sharing_by_default(population.parameters)
    if program.id not in population.known:
      break
  return program
