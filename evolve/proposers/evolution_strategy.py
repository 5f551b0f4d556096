"""CMA-ES for the proposers that search a space of vectors.

The algorithm is Hansen's (arXiv 1604.00772), by the `cmaes` package. Results of
a search come late: points are told after others of a later distribution were
asked for. They are told in generations all the same, of as many points as there
are in a generation, whenever they were drawn; BUILD_NOTES.md says what that
costs.
"""

import numpy as np
from cmaes import CMA

from evolve.search.database import Database
from harness.core.fitness import Report, Status

# Of the first step: a generation that differs by less is all one point, once
# its programs are rounded.
_COLLAPSED = 1e-3


def outcome(report: Report, database: Database) -> Report:
  """The report that a candidate is judged by.

  It is its own, but of a duplicate that of the program that it repeats.
  """
  while report.status is Status.DUPLICATE:
    report = database.report(str(report.same_as))
  return report


def merit(report: Report) -> tuple[int, float]:
  """Sort key, best last: by value, then by screen value, then any failure."""
  if report.status is Status.OK:
    return 2, report.value or 0.0
  if report.status is Status.SCREENED:
    return 1, report.screen_value or 0.0
  return 0, 0.0


class EvolutionStrategy:
  """A CMA-ES that maximises, restarted around the best point when it ends.

  Its state is a function of the points that it was told, in their order: it can
  be asked for any number of points, before it is told any, too.
  """

  def __init__(self, mean: np.ndarray, step: float):
    """Begins the search.

    Args:
      mean: [size], of the first distribution.
      step: its standard deviation in each direction.
    """
    self._step = step
    self._told: list[tuple[tuple[int, float], np.ndarray]] = []
    self._best = (-1, 0.0), mean
    self._restart()

  def ask(self, rng: np.random.Generator) -> np.ndarray:
    """A point of the present distribution, [size]."""
    self._cma.reseed_rng(int(rng.integers(2**32)))
    point: np.ndarray = self._cma.ask()
    return point

  def tell(self, point: np.ndarray, report: Report) -> None:
    """Takes in the outcome at a point, which need not be one it was asked."""
    self._told.append((merit(report), point))
    self._best = max(self._best, self._told[-1], key=lambda pair: pair[0])
    if len(self._told) == self._cma.population_size:
      self._end_generation()

  def _end_generation(self) -> None:
    ranked = sorted(self._told, key=lambda pair: pair[0], reverse=True)
    points = [point for _, point in ranked]
    # Ranks are all that the algorithm uses, and all that failures have.
    self._cma.tell([(point, rank) for rank, point in enumerate(points)])
    self._told = []
    spread = np.ptp(points, axis=0).max()
    if spread < _COLLAPSED * self._step or self._cma.should_stop():
      self._restart()

  def _restart(self) -> None:
    _, mean = self._best
    self._cma = CMA(mean=mean, sigma=self._step)
