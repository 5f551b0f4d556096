"""Means over seeds with their intervals, in words."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from harness.core import evidence
from harness.core.comparisons import NO_DIFFERENCE
from harness.core.evidence import MIN_SEEDS, SCORES, TaskScores

# The header of what `Mean.percent` returns.
PERCENT_LEGEND = (
  "± is the half-width of the 95% confidence interval over seeds (Student's "
  "t); an interval cut at 0 or 100 is given as mean +a -b"
)

_LISTED = 3  # Names in a line; more are counted.


class Mean(NamedTuple):
  """A mean of scores over seeds.

  Attributes:
    value: in [0, 1].
    interval: ends of its 95% confidence interval; None for too few seeds.
    num_seeds: seeds that have a score.
  """

  value: float
  interval: tuple[float, float] | None
  num_seeds: int

  @classmethod
  def of(cls, scores: Sequence[float]) -> "Mean":
    """The mean of one score in [0, 1] for each seed."""
    by_seed = TaskScores(np.array(scores, np.float64)[:, None])
    found = evidence.mean(by_seed, bounds=SCORES)
    return cls(found.value, found.interval, len(scores))

  @property
  def percent(self) -> str:
    """The mean in % with what PERCENT_LEGEND explains, if there is any."""
    mean = f"{100 * self.value:.2f}"
    if self.interval is None:
      return mean
    low, high = self.interval
    below, above = 100 * (self.value - low), 100 * (high - self.value)
    if f"{below:.2f}" == f"{above:.2f}":
      return f"{mean} ± {above:.2f}"
    return f"{mean} +{above:.2f} -{below:.2f}"


def means(records: Sequence[Mapping[str, Any]], field: str) -> dict[str, Mean]:
  """Means by activation; one without a score is missing.

  Args:
    records: lines of scores.jsonl.
    field: of the score, which is None for a training that diverged.
  """
  found: dict[str, list[float]] = {}
  for record in records:
    if record[field] is not None:
      found.setdefault(record["activation"], []).append(record[field])
  return {name: Mean.of(values) for name, values in found.items()}


def ends(interval: tuple[float, float] | None) -> str:
  """The ends of an interval of scores, such as "0.291 to 0.470"."""
  return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else "-"


def too_few(num_seeds: int) -> list[str]:
  """A sentence on missing intervals, if there are too few seeds for them."""
  if num_seeds >= MIN_SEEDS:
    return []
  seeds = "1 seed is" if num_seeds == 1 else f"{num_seeds} seeds are"
  return [
    f"{seeds} too few to tell a difference from chance: intervals need "
    f"{MIN_SEEDS} or more"
  ]


def leader(means: Mapping[str, Mean], shown: Mapping[str, str]) -> str:
  """The line on the highest mean: the best if no interval meets its own.

  Nor may another have more seeds: those that it lacks may have diverged.

  Args:
    means: by activation, at least one.
    shown: the means in words.
  """
  best = max(means, key=lambda name: means[name].value)
  result = f"{best} {shown[best]}"
  if len(means) == 1:
    return result
  low = means[best].interval
  rivals = [
    name
    for name, mean in means.items()
    if name != best
    and (
      low is None
      or mean.interval is None
      or mean.interval[1] >= low[0]
      or mean.num_seeds > means[best].num_seeds
    )
  ]
  if not rivals:
    return f"best: {result}"
  return f"highest: {result}; {NO_DIFFERENCE} from {listed(rivals)}"


def listed(rivals: Sequence[str]) -> str:
  """A few names, or how many there are."""
  few = len(rivals) <= _LISTED
  return ", ".join(rivals) if few else f"{len(rivals)} others"
