"""A search played back from its committed candidates, without evaluating any.

What a candidate does to the archive depends on its row alone, so the searching
process, a resumed one and a reader of the database see the same archive.
"""

from collections.abc import Iterable
from typing import NamedTuple

from evolve.search.archive import Archive, Elite
from evolve.search.database import Row
from harness.core.fitness import Status


class Moment(NamedTuple):
  """The state of a search once a slot was committed.

  Attributes:
    slot: the number of the candidate.
    seconds: that evaluations took so far, all workers added up.
    best: the highest value of all candidates so far; None before there is one.
    coverage: niches filled.
    qd_score: the sum over filled niches of the best value.
  """

  slot: int
  seconds: float
  best: float | None
  coverage: int
  qd_score: float


def enter(archive: Archive, row: Row, num_zero: int) -> None:
  """Enters a committed candidate into the archive, if it may be a parent.

  Args:
    archive: is changed.
    row: the candidate.
    num_zero: how many candidates generation zero has.
  """
  value = row.report.value
  if row.report.status is not Status.OK or value is None or row.traits is None:
    return
  elite = Elite(
    row.slot,
    row.program.id,
    row.program.source,
    value,
    tuple(row.traits["niche"]),
  )
  if row.slot < num_zero:
    archive.add_everywhere(elite)
  else:
    archive.add(elite, archive.island_of(row.slot))


def play(archive: Archive, rows: Iterable[Row], num_zero: int) -> list[Moment]:
  """Enters all candidates, in the order of their slots."""
  moments: list[Moment] = []
  seconds, best = 0.0, None
  for row in rows:
    enter(archive, row, num_zero)
    seconds += row.report.seconds
    value = row.report.value
    if value is not None and (best is None or value > best):
      best = value
    moments.append(
      Moment(row.slot, seconds, best, archive.coverage(), archive.qd_score())
    )
  return moments
