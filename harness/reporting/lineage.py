"""Where the best program of a search comes from."""

import functools
from collections.abc import Sequence
from typing import NamedTuple

from evolve import candidates
from evolve.program import Program
from evolve.runs.verification import REFERENCES
from evolve.search.database import Row
from harness.reporting import statistics
from harness.reporting.runs.search_run import SearchRun, names_by_id
from harness.reporting.statistics import Estimate


class Step(NamedTuple):
  """A program of a lineage.

  Attributes:
    row: its first candidate.
    parent: of its main parent; None at the origin.
    others: of its further parents.
  """

  row: Row
  parent: Row | None
  others: tuple[Row, ...]

  @property
  def gain(self) -> Estimate | None:
    """Its value minus its main parent's, which saw the same seeds.

    None at the origin.
    """
    if self.parent is None:
      return None
    ours = self.row.report.value_by_seed
    theirs = self.parent.report.value_by_seed
    if not ours or len(ours) != len(theirs):
      return None
    return statistics.mean([a - b for a, b in zip(ours, theirs, strict=True)])


# Besides the origin, how many ancestors are near.
_NUM_NEAR = 3

_names = functools.cache(names_by_id)


def called(row: Row) -> str:
  """The name of a named activation, else "slot" and its number."""
  return _names().get(row.program.id, f"slot {row.slot}")


def is_named(row: Row) -> bool:
  """Whether it is a named activation."""
  return row.program.id in _names()


def value(row: Row) -> Estimate | None:
  """In the search; None unless OK."""
  by_seed = row.report.value_by_seed
  return statistics.mean(by_seed) if by_seed else None


def flops(row: Row) -> float | None:
  """Weighted operations per element; None if the probe failed."""
  return float(row.traits["cost"]["flops"]) if row.traits else None


def best(run: SearchRun) -> Row | None:
  """The winner's candidate, or the archive's best while nothing is verified.

  None if no candidate has a value.
  """
  if run.winner:
    return run.first_row(run.winner.program_id)
  return None if run.archive.is_empty else run.rows[run.archive.best().slot]


def lineage(run: SearchRun) -> list[Step]:
  """The main parents of the best program, the origin first and itself last."""
  first: dict[str, Row] = {}
  for candidate in run.rows:
    first.setdefault(candidate.program.id, candidate)
  steps: list[Step] = []
  row = best(run)
  while row:
    # A parent is older; so this ends even for a damaged record.
    parents = [
      first[i]
      for i in row.program.parents
      if i in first and first[i].slot < row.slot
    ]
    steps.append(Step(row, parents[0] if parents else None, tuple(parents[1:])))
    row = steps[-1].parent
  return steps[::-1]


def near_ancestors(steps: Sequence[Step]) -> list[Row]:
  """The origin and the last few ancestors, the oldest first."""
  ancestors = [step.row for step in steps[:-1]]
  return [*ancestors[:1], *ancestors[1:][-_NUM_NEAR:]]


def references() -> dict[str, Program]:
  """Well-known activations to stand beside the best one."""
  return {name: candidates.resolve(name) for name in REFERENCES}
