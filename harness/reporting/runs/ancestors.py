"""Ancestors of the best program of a search."""

from collections.abc import Sequence
from typing import NamedTuple

from evolve.search.database import Row
from harness.core import evidence
from harness.core.evidence import Estimate
from harness.reporting.runs.search_run import SearchRun


class Step(NamedTuple):
  """A program of a lineage.

  Attributes:
    row: its first candidate.
    parent: the first candidate with its main parent; None at the origin.
    others: the same of its further parents.
  """

  row: Row
  parent: Row | None
  others: tuple[Row, ...]

  @property
  def gain(self) -> Estimate | None:
    """Its value minus its main parent's, which saw the same tasks and seeds.

    None at the origin.
    """
    if self.parent is None:
      return None
    ours = self.row.report.task_scores
    theirs = self.parent.report.task_scores
    if not (ours and theirs and ours.pairs_with(theirs)):
      return None
    return evidence.difference(ours, theirs).estimate


# Ancestors that are near, besides the origin.
_NUM_NEAR = 3


def lineage(run: SearchRun) -> list[Step]:
  """The main parents of the best program, the origin first and itself last."""
  steps: list[Step] = []
  row = run.best
  while row:
    # Parents are older, so that this ends even for a damaged record.
    parents = [
      parent
      for program_id in row.program.parents
      if (parent := run.first_rows.get(program_id)) and parent.slot < row.slot
    ]
    steps.append(Step(row, parents[0] if parents else None, tuple(parents[1:])))
    row = steps[-1].parent
  return steps[::-1]


def near_ancestors(steps: Sequence[Step]) -> list[Row]:
  """The origin and the last few ancestors, the oldest first."""
  ancestors = [step.row for step in steps[:-1]]
  return [*ancestors[:1], *ancestors[1:][-_NUM_NEAR:]]
