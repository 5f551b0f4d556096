"""Curves of a search for TensorBoard."""

from collections import Counter

from evolve.search.database import Row
from harness.core.fitness import Status
from harness.core.scalars import Scalars


class SearchCurves:
  """Values and counts of a search, against slots.

  Curves are `value` of a candidate, where it has one; `best`, so far; and the
  numbers so far of those that are `ok`, `screened`, `duplicates`, and `failed`
  in any other way.
  """

  def __init__(self, scalars: Scalars):
    self._scalars = scalars
    self._counts: Counter[Status] = Counter()
    self._best: float | None = None

  def add(self, row: Row, *, is_new: bool) -> None:
    """Takes in a committed candidate; one that is not new has its points."""
    self._counts[row.report.status] += 1
    value, points = row.report.value, self._numbers()
    if value is not None:
      self._best = value if self._best is None else max(self._best, value)
      points["value"] = value
    if self._best is not None:
      points["best"] = self._best
    if is_new:
      self._scalars.write(row.slot, points)

  def _numbers(self) -> dict[str, float]:
    named = {
      "ok": Status.OK,
      "filtered": Status.FILTERED,
      "screened": Status.SCREENED,
      "duplicates": Status.DUPLICATE,
    }
    counts: dict[str, float] = {n: self._counts[s] for n, s in named.items()}
    return {**counts, "failed": self._counts.total() - sum(counts.values())}
