"""A search played back from its committed candidates, without evaluating any.

What a candidate does to the archive depends on its row alone, so the searching
process, a resumed one and a reader of the database see the same archive.
"""

from collections.abc import Iterable
from typing import NamedTuple

from evolve.search.archive import Archive, Elite
from evolve.search.database import Row
from evolve.search.niches import Niches, Profiles, niche
from evolve.search.racing import Noise, Races
from harness.core.fitness import Status


class Moment(NamedTuple):
  """The state of a search once a slot was committed.

  Attributes:
    slot: the number of the candidate.
    seconds: that evaluations took so far, all workers added up.
    spent: work so far, in evaluations in full, see Report.cost.
    best: the highest value of all candidates so far; None before there is one.
    coverage: niches filled.
    qd_score: the sum over filled niches of the best value.
  """

  slot: int
  seconds: float
  spent: float
  best: float | None
  coverage: int
  qd_score: float


class History:
  """The archive of a search, and what its ranking depends on.

  Attributes:
    archive: the elites.
    noise: of values, known once generation zero is committed.
  """

  def __init__(
    self, archive: Archive, races: Races, niches: Niches, num_zero: int
  ):
    """Begins with an empty archive.

    Args:
      archive: is changed.
      races: of the search.
      niches: what tells its elites apart.
      num_zero: how many candidates generation zero has.
    """
    self.archive = archive
    self.noise = Noise()
    self._races = races
    self._niches = niches
    self._profiles = Profiles([])
    self._num_zero = num_zero
    self._zero: list[Row] = []

  def enter(self, row: Row) -> None:
    """Enters a committed candidate into the archive, if it may be a parent.

    Generation zero enters as a whole, when its last member comes.
    """
    if row.slot >= self._num_zero:
      if elite := self._elite(row):
        self.archive.add(elite, self.archive.island_of(row.slot))
      return
    self._zero.append(row)
    if row.slot == self._num_zero - 1:
      anchors = self._races.anchors(self._num_zero)
      reports = [row.report for row in self._zero if row.slot in anchors]
      self.noise = Noise.of(reports, self._races)
      self._profiles = Profiles([row.report for row in self._zero])
      for member in self._zero:
        if elite := self._elite(member):
          self.archive.add_everywhere(elite)

  def thresholds(self) -> tuple[float | None, ...]:
    """Those of full fidelity and of further draws for a new candidate."""
    best = self.archive.elites()[: self._races.num_best]
    if not self._races.num_draws or not best:
      return ()
    return self.noise.thresholds(best[-1].value)

  def _elite(self, row: Row) -> Elite | None:
    bound = self.noise.bound(row.report)
    if row.report.status is not Status.OK or bound is None or not row.traits:
      return None
    return Elite(
      row.slot,
      row.program.id,
      row.program.source,
      bound,
      niche(row, self._niches, self._profiles),
    )


def play(history: History, rows: Iterable[Row]) -> list[Moment]:
  """Enters all candidates, in the order of their slots."""
  moments: list[Moment] = []
  archive = history.archive
  seconds, spent, best = 0.0, 0.0, None
  for row in rows:
    history.enter(row)
    seconds += row.report.seconds
    spent += row.report.cost
    value = row.report.value
    if value is not None and (best is None or value > best):
      best = value
    moments.append(
      Moment(
        row.slot,
        seconds,
        spent,
        best,
        archive.coverage(),
        archive.qd_score(),
      )
    )
  return moments
