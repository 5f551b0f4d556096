"""Paired tests of activations on the same seeds and tasks."""

import dataclasses
from collections.abc import Mapping

import numpy as np

from harness.core.fitness import Report
from harness.reporting import statistics
from harness.reporting.document import Cell, Column
from harness.reporting.statistics import (
  ALPHA,
  Adjusted,
  Difference,
  Estimate,
)

# Scores [seeds, tasks] of two activations, which share seeds and tasks.
Pair = tuple[np.ndarray, np.ndarray]

NO_DIFFERENCE = "no difference shown"
# The intervals are as wide as the adjustment of the verdicts asks.
COLUMNS = (
  Column("verdict"),
  Column("difference in OOD skill (adjusted CI)", signed=True),
  Column("probability of improvement (adjusted CI)", 2),
  Column("p, Holm", 4),
  Column("p", 4),
)


@dataclasses.dataclass(frozen=True)
class PairedTest:
  """One activation against another.

  Attributes:
    subject: the one or two activations.
    tasks: those that they were compared on.
    difference: ours minus theirs; its interval is adjusted, too.
    improvement: the probability that a training of ours beats one of theirs,
      with an interval that is adjusted, too.
    adjusted: the p-value, adjusted for all tests made with this one; None for a
      single seed.
  """

  subject: str
  tasks: str
  difference: Difference
  improvement: Estimate
  adjusted: float | None

  @property
  def verdict(self) -> str:
    """The result in words, which weigh the mean and the share of wins.

    No difference is shown where data are too few, either.
    """
    if self.adjusted is None or self.adjusted >= ALPHA:
      return NO_DIFFERENCE
    is_higher, wins = self.difference.estimate.value > 0, self.improvement.value
    if is_higher and wins < 0.5:
      return f"higher mean, loses more often than it wins ({wins:.2f})"
    if not is_higher and wins > 0.5:
      return f"lower mean, wins more often than it loses ({wins:.2f})"
    return "better" if is_higher else "worse"

  @property
  def numbers(self) -> str:
    """The difference and its interval, for a sentence."""
    value, low, high = self.difference.estimate
    if low is None or high is None:
      return f"{value:+.3f}"
    return f"{value:+.3f}, {low:+.3f} to {high:+.3f}"

  def cells(self) -> tuple[Cell, ...]:
    """For COLUMNS."""
    return (
      self.verdict,
      self.difference.estimate,
      self.improvement,
      self.adjusted,
      self.difference.p_value,
    )


def pair(ours: Report | None, theirs: Report | None) -> Pair | None:
  """The scores of two reports; None unless both are OK and of equal shape."""
  if not (ours and theirs and ours.value_by_seed and theirs.value_by_seed):
    return None
  a, b = (statistics.as_array(r.scores_by_seed) for r in (ours, theirs))
  return (a, b) if a.shape == b.shape else None


def run(pairs: Mapping[tuple[str, str], Pair], seed: int) -> list[PairedTest]:
  """Tests all pairs; verdicts and intervals are adjusted for their number.

  Args:
    pairs: scores [seeds, tasks] of ours and theirs, by subject and tasks.
    seed: keys the bootstrap.
  """
  p_values = {
    names: p_value
    for names, pair in pairs.items()
    if (p_value := statistics.paired_difference(*pair).p_value) is not None
  }
  adjusted = dict(
    zip(p_values, statistics.holm([*p_values.values()]), strict=True)
  )
  return [
    _test(names, pair, adjusted.get(names), seed)
    for names, pair in pairs.items()
  ]


def _test(
  names: tuple[str, str], pair: Pair, adjusted: Adjusted | None, seed: int
) -> PairedTest:
  confidence = adjusted.confidence if adjusted else statistics.CONFIDENCE
  return PairedTest(
    *names,
    statistics.paired_difference(*pair, confidence),
    statistics.probability_of_improvement(*pair, seed, confidence),
    adjusted.p_value if adjusted else None,
  )
