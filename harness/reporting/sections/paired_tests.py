"""Paired tests of activations on the same seeds and tasks."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from harness.core.fitness import Report
from harness.reporting import statistics
from harness.reporting.document import Cell, Column
from harness.reporting.statistics import ALPHA, Difference, Estimate

# Scores [seeds, tasks] of two activations, which share seeds and tasks.
Pair = tuple[np.ndarray, np.ndarray]

COLUMNS = (
  Column("difference in OOD skill (95% CI)", signed=True),
  Column("p", 4),
  Column("p, Holm", 4),
  Column("probability of improvement (95% CI)", 2),
  Column("verdict"),
)


@dataclasses.dataclass(frozen=True)
class PairedTest:
  """One activation against another.

  Attributes:
    subject: the one or two activations.
    tasks: those that they were compared on.
    difference: ours minus theirs.
    improvement: the probability that a training of ours beats one of theirs.
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
    """The result in words; "no difference" also where data are too few."""
    if self.adjusted is None or self.adjusted >= ALPHA:
      return "no difference"
    return "better" if self.difference.estimate.value > 0 else "worse"

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
      self.difference.estimate,
      self.difference.p_value,
      self.adjusted,
      self.improvement,
      self.verdict,
    )


def pair(ours: Report | None, theirs: Report | None) -> Pair | None:
  """The scores of two reports; None unless both are OK and of equal shape."""
  if not (ours and theirs and ours.value_by_seed and theirs.value_by_seed):
    return None
  a, b = (statistics.as_array(r.scores_by_seed) for r in (ours, theirs))
  return (a, b) if a.shape == b.shape else None


def run(pairs: Mapping[tuple[str, str], Pair], seed: int) -> list[PairedTest]:
  """Tests all pairs; the p-values are adjusted for their number.

  Args:
    pairs: scores [seeds, tasks] of ours and theirs, by subject and tasks.
    seed: keys the bootstrap.
  """
  differences = [statistics.paired_difference(*pair) for pair in pairs.values()]
  adjusted = _adjusted([d.p_value for d in differences])
  return [
    PairedTest(
      *names,
      difference,
      statistics.probability_of_improvement(*pair, seed),
      p_value,
    )
    for (names, pair), difference, p_value in zip(
      pairs.items(), differences, adjusted, strict=True
    )
  ]


def _adjusted(p_values: Sequence[float | None]) -> list[float | None]:
  known = iter(statistics.holm([p for p in p_values if p is not None]))
  return [None if p is None else next(known) for p in p_values]
