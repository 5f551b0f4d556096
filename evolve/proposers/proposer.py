"""The contract between a search and the writers of its candidates."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

import numpy as np

from evolve.program import Program
from evolve.search.database import Row
from evolve.search.population import Population
from harness.core.fitness import Report


class Draft(NamedTuple):
  """The program that was written for a slot, later than it was asked for.

  Attributes:
    slot: its number.
    program: None if nothing is left to spend: the search ends before the slot.
    flaw: the reason why the program is unusable; empty if there is none known.
  """

  slot: int
  program: Program | None
  flaw: str = ""


class Proposer(Protocol):
  """Writes one program for each slot after generation zero.

  Its program depends on the slot, the population and the generator only, never
  on timing. Two kinds of slots differ in when their program is known, and
  with it which later proposals avoid it:

  - an immediate one is written by `propose`, and known from then on;
  - any other is written in the background and comes from `drafts` at some time;
    it is known once it is committed, lest other proposals depend on that time.

  Attributes:
    wake: a file descriptor that is readable when there may be drafts; None if
      none is waited for.
  """

  @property
  def wake(self) -> int | None: ...

  def is_immediate(self, slot: int) -> bool:
    """True if `propose` writes a slot; depends on its number alone."""

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program | None:
    """The program of an immediate slot; begins to write any other.

    Args:
      slot: its number.
      population: the committed candidates that the slot may see.
      rng: of the slot.

    Raises:
      UserError: it can't be written.
    """

  def recall(self, slot: int, program: Program, population: Population) -> None:
    """Takes in what it wrote for a slot in an earlier process of the run.

    Comes in the place of `propose`, with the same population, so that what is
    to come can depend on it.
    """

  def drafts(self) -> Iterable[Draft]:
    """The drafts that have come by now, each once.

    Raises:
      UserError: nothing can be written any more; a resumed run may go on.
    """

  def send_back(self, slot: int, report: Report) -> bool:
    """Asks for another draft after a failed probe; False if none will come."""

  def learn(self, row: Row, population: Population) -> None:
    """Takes in a committed candidate of its own."""
