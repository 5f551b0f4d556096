"""The niche of a candidate: by its shape, or by its profile over families.

A shape is known before training (`evolve.admission.descriptors`). A profile is
what a function does on tasks: the families that it is best and worst at,
compared with generation zero.
"""

import enum
from collections.abc import Sequence

import numpy as np

from evolve.search.database import Row
from harness.core.fitness import Report, Status

Niche = tuple[int, ...]


class Niches(enum.StrEnum):
  """The coordinates of a niche."""

  NONE = "none"
  SHAPE = "shape"
  PROFILE = "profile"
  BOTH = "both"


class Profiles:
  """Profiles of functions, on the scale of generation zero."""

  def __init__(self, reports: Sequence[Report]):
    """Takes the scale from the reports that are OK."""
    ok = [r for r in reports if r.status is Status.OK and r.families]
    self._families = sorted(set(ok[0].families.values())) if ok else []
    means = np.array([self._by_family(report) for report in ok])
    self._center = means.mean(axis=0) if ok else np.zeros(0)
    self._spread = np.maximum(means.std(axis=0), 1e-6) if ok else np.zeros(0)

  def niche(self, report: Report) -> Niche:
    """The indices of the best and the worst family, by name.

    Empty where tasks have no families.
    """
    if not report.families or not self._families:
      return ()
    relative = (self._by_family(report) - self._center) / self._spread
    return int(relative.argmax()), int(relative.argmin())

  def _by_family(self, report: Report) -> np.ndarray:
    scores = report.scores
    return np.array(
      [
        np.mean([scores[t] for t, f in report.families.items() if f == family])
        for family in self._families
      ]
    )


def niche(row: Row, kind: Niches, profiles: Profiles) -> Niche:
  """The niche of a candidate that was probed and is OK."""
  shape = tuple(row.traits["niche"]) if row.traits else ()
  match kind:
    case Niches.SHAPE:
      return shape
    case Niches.PROFILE:
      return profiles.niche(row.report)
    case Niches.BOTH:
      return (*shape, *profiles.niche(row.report))
    case Niches.NONE:
      return ()
