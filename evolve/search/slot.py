"""A place in the sequence of candidates, and what is known of it so far."""

import dataclasses

from evolve.admission.traits import Traits
from evolve.program import Program
from evolve.search.database import Row
from harness.core.fitness import Report
from harness.core.table import Table


@dataclasses.dataclass
class Slot:
  """A candidate on its way; it is committed once it has a report.

  Attributes:
    draft: its program; None while a language model is asked for it.
    threshold: the screen value below which it is stopped; None to let all pass.
    table: what may be trained in its place.
    goes_on_straight: whether the table is right beyond its range, too.
  """

  number: int
  draft: Program | None
  threshold: float | None
  traits: Traits | None = None
  table: Table | None = None
  goes_on_straight: bool = False
  same_as: str | None = None
  report: Report | None = None
  is_recorded: bool = False

  @property
  def is_done(self) -> bool:
    return self.report is not None or self.same_as is not None

  @property
  def program(self) -> Program:
    """Its program, which must be there."""
    assert self.draft
    return self.draft


def recorded_slot(row: Row) -> Slot:
  """A slot that an earlier process of this run has committed."""
  return Slot(
    row.slot,
    row.program,
    threshold=None,
    traits=Traits.from_json(row.traits) if row.traits else None,
    same_as=row.report.same_as,
    report=row.report,
    is_recorded=True,
  )
