"""Activations against a reference, on the same seeds and tasks."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from harness.reporting import statistics
from harness.reporting.document import Cell, Column
from harness.reporting.statistics import ALPHA, Difference, Estimate

COLUMNS = (
  Column("difference in OOD skill (95% CI)", signed=True),
  Column("p", 4),
  Column("p, Holm", 4),
  Column("probability of improvement (95% CI)", 2),
  Column("verdict"),
)


@dataclasses.dataclass(frozen=True)
class Comparison:
  """One activation against another.

  Attributes:
    names: of the two, ours first, and of where they were compared.
    difference: ours minus theirs.
    improvement: the probability that a training of ours beats one of theirs.
    adjusted: the p-value, adjusted for all comparisons made with this one; None
      for a single seed.
  """

  names: tuple[str, ...]
  difference: Difference
  improvement: Estimate
  adjusted: float | None

  @property
  def verdict(self) -> str:
    """In words; "no difference" also where there is too little data."""
    if self.adjusted is None or self.adjusted >= ALPHA:
      return "no difference"
    return "better" if self.difference.estimate.value > 0 else "worse"

  def cells(self) -> tuple[Cell, ...]:
    """For COLUMNS."""
    return (
      self.difference.estimate,
      self.difference.p_value,
      self.adjusted,
      self.improvement,
      self.verdict,
    )


def compare(
  pairs: Mapping[tuple[str, ...], tuple[np.ndarray, np.ndarray]], seed: int
) -> list[Comparison]:
  """Compares activations; the p-values are adjusted for how many they are.

  Args:
    pairs: scores [seeds, tasks] of ours and theirs, by names.
    seed: keys the bootstrap.
  """
  differences = [statistics.paired_difference(*pair) for pair in pairs.values()]
  adjusted = _adjusted([d.p_value for d in differences])
  return [
    Comparison(
      names,
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
