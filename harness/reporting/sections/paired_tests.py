"""Paired tests of activations on the same seeds and tasks."""

import dataclasses
from collections.abc import Mapping, Sequence

from harness.core import comparisons, evidence
from harness.core.comparisons import Comparison
from harness.core.evidence import Estimate, TaskScores
from harness.core.fitness import Report
from harness.reporting import statistics
from harness.reporting.document import Cell, Column

# The scores of two activations, which share seeds and tasks.
Pair = tuple[TaskScores, TaskScores]


def columns(measure: str) -> tuple[Column, ...]:
  """The columns of tests, of the numbers of that name.

  Intervals are as wide as the adjustment of the verdicts asks.
  """
  return (
    Column("verdict"),
    Column(f"difference in {measure} (adjusted CI)", signed=True),
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
    comparison: of ours with theirs, among all tests made with this one.
    improvement: the probability that a training of ours beats one of theirs,
      with an interval that is adjusted, too.
  """

  subject: str
  tasks: str
  comparison: Comparison
  improvement: Estimate

  @property
  def verdict(self) -> str:
    return self.comparison.verdict

  @property
  def lead(self) -> Estimate:
    """Ours minus theirs, with its adjusted interval."""
    return self.comparison.difference.estimate

  def cells(self) -> tuple[Cell, ...]:
    """For `columns`."""
    return (
      self.verdict,
      self.lead,
      self.improvement,
      self.comparison.adjusted,
      self.comparison.difference.p_value,
    )


def over(tests: Sequence[PairedTest]) -> str:
  """The tasks and seeds that the tests are over, in words."""
  return evidence.over(drawn=any(t.comparison.is_drawn for t in tests))


def pair(ours: Report | None, theirs: Report | None) -> Pair | None:
  """The scores of two reports; None unless both are OK and pair."""
  a, b = (r.task_scores if r else None for r in (ours, theirs))
  return (a, b) if a and b and a.pairs_with(b) else None


def run(pairs: Mapping[tuple[str, str], Pair], seed: int) -> list[PairedTest]:
  """Tests all pairs; verdicts and intervals are adjusted for their number.

  Args:
    pairs: scores of ours and theirs, by subject and tasks.
    seed: keys the bootstrap.
  """
  return [
    PairedTest(
      *names,
      comparison,
      statistics.probability_of_improvement(
        *pairs[names], seed, comparison.confidence
      ),
    )
    for names, comparison in comparisons.compare(pairs).items()
  ]
