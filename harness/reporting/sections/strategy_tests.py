"""Tests of one strategy against another, on what their runs found.

With three runs of each, the run is the unit: what is compared is the mean of
the winners of a strategy. With fewer, single winners are compared, which says
little about the strategies.
"""

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from harness.core import comparisons
from harness.core.comparisons import NO_DIFFERENCE, Adjusted
from harness.core.evidence import ALPHA, Estimate
from harness.reporting import mixed_model, run_statistics
from harness.reporting.document import Column, DataTable
from harness.reporting.mixed_model import Effect
from harness.reporting.run_statistics import MIN_RUNS, PermutationTest
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import paired_tests
from harness.reporting.sections.paired_tests import Pair, PairedTest
from harness.reporting.winners import Scored, Winners

# Runs by their strategy.
ByStrategy = Mapping[str, Sequence[SearchRun]]

_NOT_CONVERGED = "did not converge"


@dataclasses.dataclass(frozen=True)
class RunTest:
  """One strategy against another, with runs as the unit.

  Attributes:
    subject: the two strategies.
    tasks: those that the winners were compared on.
    budget: of each run, see `budget_of`.
    runs: the numbers of runs, ours and theirs.
    test: of the difference between the means over runs.
    adjusted: its two-sided p-value among those of all pairs.
    difference: ours minus theirs, with its adjusted interval.
    effect: the same by a mixed model; None if that did not converge, or for
      want of tasks.
    num_tasks: their number.
  """

  subject: str
  tasks: str
  budget: str
  runs: tuple[int, int]
  test: PermutationTest
  adjusted: Adjusted
  difference: Estimate
  effect: Effect | None
  num_tasks: int

  @property
  def verdict(self) -> str:
    if self.adjusted.p_value >= ALPHA:
      return NO_DIFFERENCE
    return "better" if self.difference.value > 0 else "worse"

  @property
  def numbers(self) -> str:
    """The difference, its interval and p-values, for a sentence."""
    value, low, high = self.difference
    return (
      f"{value:+.3f}, {low:+.3f} to {high:+.3f}; p {self.test.two_sided:.4f}, "
      f"adjusted {self.adjusted.p_value:.4f}"
    )


def budget_of(run: SearchRun) -> str:
  """The budget that a run has used up: --budget, else its candidates."""
  budget = run.directory.settings.get("budget")
  spent = run.moments[-1].spent if run.moments else 0.0
  if budget is not None and spent >= budget:
    return f"{budget:g}"
  return f"{len(run.rows):,} candidates"


def by_budget(by_strategy: ByStrategy) -> dict[str, ByStrategy]:
  """The finished runs with a winner, by budget and by strategy, random last.

  So that "above" asks the same of every page: whether one is above the control.
  """
  found: dict[str, dict[str, list[SearchRun]]] = defaultdict(
    lambda: defaultdict(list)
  )
  for strategy in sorted(by_strategy, key=lambda name: name == "random"):
    for run in by_strategy[strategy]:
      if run.winner and run.directory.is_finished:
        found[budget_of(run)][strategy].append(run)
  return dict(found)


def of_runs(
  by_strategy: ByStrategy, winners: Winners, seed: int
) -> list[RunTest]:
  """Tests of all pairs of strategies with enough runs of the same budget.

  Args:
    by_strategy: runs that compare.
    winners: of them, on all tasks.
    seed: keys the splits where they are too many for all of them.
  """
  found: list[RunTest] = []
  for budget, strategies in by_budget(by_strategy).items():
    for tasks, by_run in winners.items():
      groups = {
        name: [s for r in runs if (s := by_run.get(r.directory.label))]
        for name, runs in strategies.items()
      }
      groups = {n: s for n, s in groups.items() if len(s) >= MIN_RUNS}
      found += _tests(groups, tasks, budget, seed)
  return found


def of_winners(by_strategy: ByStrategy, seed: int) -> list[PairedTest]:
  """Winners of two strategies with too few runs, on the same tasks.

  Only those of runs with the same seed, budget and seeds per task pair.
  """
  pairs: dict[tuple[str, str], Pair] = {}
  for strategies in by_budget(by_strategy).values():
    for ours, theirs in itertools.combinations(strategies.values(), 2):
      if min(len(ours), len(theirs)) >= MIN_RUNS:
        continue
      for a, b in itertools.product(ours, theirs):
        if a.directory.settings["seed"] == b.directory.settings["seed"]:
          pairs |= _winners_of(a, b)
  return paired_tests.run(pairs, seed)


def table_of_runs(
  tests: Sequence[RunTest], measure: str, prefix: str
) -> DataTable:
  """The table of tests with runs as the unit."""
  splits = "all splits of the runs in two"
  if not all(test.test.is_exact for test in tests):
    splits += f" ({run_statistics.MAX_SPLITS:,} random ones, if there are more)"
  return DataTable(
    f"{prefix}_runs",
    "Strategies against each other: the mean over runs of the first's winners "
    f"minus that of the second's, in {measure}. p-values are of a permutation "
    f"test over {splits}: two-sided, and one-sided for the first being above "
    "the second. Verdicts, at 5%, and intervals (Welch's, which assume more "
    "than the test) are adjusted for the pairs on the same tasks by Holm's "
    "method. Beside it a mixed model with "
    "random run and task; its p-value is two-sided, of Student's t with two "
    "degrees of freedom less than there are runs.",
    (
      Column("strategies"),
      Column("tasks"),
      Column(f"difference in {measure} (adjusted CI)", signed=True),
      Column("verdict"),
      Column("p, Holm", 4),
      Column("p", 4),
      Column("p, one-sided for above", 4),
      Column("mixed model (95% CI)", signed=True),
      Column("p, mixed model", 4),
      Column("runs"),
      Column("budget"),
    ),
    [
      (
        test.subject,
        test.tasks,
        test.difference,
        test.verdict,
        test.adjusted.p_value,
        test.test.two_sided,
        test.test.above,
        _modelled(test),
        test.effect.p_value if test.effect else None,
        " and ".join(map(str, test.runs)),
        test.budget,
      )
      for test in tests
    ],
  )


def _modelled(test: RunTest) -> Estimate | str | None:
  if test.effect:
    return test.effect.estimate
  return _NOT_CONVERGED if test.num_tasks > 1 else None


def table_of_winners(
  found: Sequence[PairedTest], measure: str, prefix: str
) -> DataTable:
  """The table of tests of single winners."""
  return DataTable(
    f"{prefix}_winners",
    "Winners of runs with the same seed and budget: the first minus the "
    "second on the same data and initial weights, with p-values of paired "
    f"tests {paired_tests.over(found)}. Verdicts, at 5%, and intervals are "
    "adjusted for all rows by Holm's method.",
    (Column("winners of"), Column("tasks"), *paired_tests.columns(measure)),
    [(t.subject, t.tasks, *t.cells()) for t in found],
  )


def sentences(tests: Sequence[RunTest]) -> list[str]:
  """The tests with runs as the unit, in words."""
  return [
    f"{first.subject} ({' and '.join(map(str, first.runs))} runs, budget "
    f"{first.budget}): "
    + ", ".join(f"{t.verdict} on {t.tasks} ({t.numbers})" for t in group)
    + "."
    for group in _grouped(tests)
    if (first := group[0])
  ]


def sentence(tests: Sequence[PairedTest], measure: str) -> str:
  """The tests of single winners, in words."""
  parts = [
    f"{subject}: "
    + ", ".join(
      f"{t.verdict} on {t.tasks} ({t.comparison.numbers})"
      for t in tests
      if t.subject == subject
    )
    for subject in dict.fromkeys(t.subject for t in tests)
  ]
  return (
    f"Winners of single runs, {'; '.join(parts)}; brackets hold the difference "
    f"in {measure} and its adjusted interval."
  )


def too_few(tests: Sequence[RunTest]) -> list[str]:
  """A sentence on each pair whose runs are too few for any verdict."""
  return [
    f"{' and '.join(map(str, test.runs))} runs have no p-value below "
    f"{least:.3f}: {test.subject} takes more of them for a verdict."
    for test, *_ in _grouped(tests)
    if (least := run_statistics.least_p_value(*test.runs)) >= ALPHA
  ]


def _grouped(tests: Sequence[RunTest]) -> list[list[RunTest]]:
  """The tests of a pair and budget with the same numbers of runs, together."""
  groups: dict[object, list[RunTest]] = defaultdict(list)
  for test in tests:
    groups[test.subject, test.budget, test.runs].append(test)
  return list(groups.values())


def _tests(
  groups: Mapping[str, Sequence[Scored]], tasks: str, budget: str, seed: int
) -> Iterator[RunTest]:
  """All pairs on the same tasks, adjusted for their number."""
  values = {name: [s.value for s in scored] for name, scored in groups.items()}
  pairs = list(itertools.combinations(groups, 2))
  tests = [
    run_statistics.permutation_test(values[ours], values[theirs], seed)
    for ours, theirs in pairs
  ]
  adjusted = comparisons.holm([test.two_sided for test in tests])
  by_task = {name: _by_task(scored) for name, scored in groups.items()}
  for (ours, theirs), test, holm in zip(pairs, tests, adjusted, strict=True):
    num_tasks = by_task[ours].shape[1]
    yield RunTest(
      f"{ours} against {theirs}",
      tasks,
      budget,
      (len(groups[ours]), len(groups[theirs])),
      test,
      holm,
      run_statistics.difference(values[ours], values[theirs], holm.confidence),
      mixed_model.fit(by_task[ours], by_task[theirs])
      if num_tasks > 1
      else None,
      num_tasks,
    )


def _by_task(scored: Sequence[Scored]) -> np.ndarray:
  """[runs, tasks], means over seeds."""
  return np.stack([s.winner.values.mean(axis=0) for s in scored])


def _winners_of(a: SearchRun, b: SearchRun) -> dict[tuple[str, str], Pair]:
  if a.winner is None or b.winner is None:
    return {}
  subject = f"{a.directory.label} against {b.directory.label}"
  theirs = b.reports(b.winner)
  return {
    (subject, tasks): pair
    for tasks, ours in a.reports(a.winner).items()
    if (pair := paired_tests.pair(ours, theirs[tasks]))
  }
