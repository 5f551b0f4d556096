"""Strategies against each other: searches at equal budget."""

import dataclasses
import json
from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure as Drawing

from evolve.search.history import Moment
from harness.reporting import statistics, winners
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Figure,
  Section,
  Text,
)
from harness.reporting.figures import best_so_far
from harness.reporting.run_statistics import MIN_RUNS
from harness.reporting.runs.lab_run import LabRun
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import strategy_leads, strategy_tests
from harness.reporting.sections.paired_tests import PairedTest
from harness.reporting.sections.strategy_tests import ByStrategy, RunTest
from harness.reporting.winners import Winners

# Settings that may differ between runs that compare.
_FREE = (
  *("seed", "evaluations", "budget", "workers", "top", "references"),
  *("fresh_seeds", "mutator", "space", "predictor"),
  "candidates_per_batch",
  *("tuning_share", "tuning_evaluations", "trained_share", "known"),
  *("llm", "llm_selection", "llm_share", "llm_sampling", "llm_caps"),
  *("llm_concurrency", "replayed"),
)


@dataclasses.dataclass(frozen=True)
class Budget:
  """The work that all runs of a comparison have done, where they compare.

  Attributes:
    limit: the work in full evaluations; or the number of candidates, where
      the work of a run is not known, as in those of earlier versions.
    is_work: whether it is the work.
  """

  limit: float
  is_work: bool

  @classmethod
  def of(cls, by_strategy: ByStrategy) -> "Budget":
    """The least of the runs."""
    ends = [run.moments[-1] for runs in by_strategy.values() for run in runs]
    if all(end.spent for end in ends):
      return cls(min(end.spent for end in ends), is_work=True)
    return cls(min(end.slot + 1 for end in ends), is_work=False)

  def __str__(self) -> str:
    if self.is_work:
      return f"the work of {self.limit:,.0f} full evaluations"
    return f"{self.limit:,.0f} candidates"

  @property
  def axis(self) -> str:
    """The label of an axis with the budget, with its unit."""
    return "work, full evaluations" if self.is_work else "candidates"

  def used(self, moment: Moment) -> float:
    """The budget that a search has used up by a moment."""
    return moment.spent if self.is_work else moment.slot + 1

  def within(self, run: SearchRun) -> Sequence[Moment]:
    """The part of a run that is within the budget; at least its beginning."""
    found = [m for m in run.moments if self.used(m) <= self.limit]
    return found or run.moments[:1]


def sections(
  searches: Sequence[SearchRun], labs: Sequence[LabRun], seed: int
) -> list[Section]:
  """A section for each set of searches that differ in nothing but strategies.

  Args:
    searches: all of the report.
    labs: all runs of harness.score, which may have more scores of winners.
    seed: keys the bootstrap.
  """
  found = []
  for number, by_strategy in enumerate(comparable(searches), 1):
    compared = {r.directory.label for rs in by_strategy.values() for r in rs}
    section = _section(by_strategy, labs, number, seed)
    labels = [run.directory.label for run in searches]
    apart = [label for label in labels if label not in compared]
    if apart:
      note = f"Not compared, for other tasks or settings: {', '.join(apart)}."
      section = dataclasses.replace(
        section, blocks=[*section.blocks, Text(note)]
      )
    found.append(section)
  return found


def comparable(searches: Sequence[SearchRun]) -> list[ByStrategy]:
  """Sets of searches with at least two strategies, all else being equal."""
  groups: dict[str, dict[str, list[SearchRun]]] = defaultdict(
    lambda: defaultdict(list)
  )
  for run in searches:
    if run.rows:
      settings = run.directory.settings.items()
      fixed = {key: value for key, value in settings if key not in _FREE}
      groups[json.dumps(fixed, sort_keys=True)][run.mutator].append(run)
  return [
    dict(by_strategy) for by_strategy in groups.values() if len(by_strategy) > 1
  ]


def _section(
  by_strategy: ByStrategy, labs: Sequence[LabRun], number: int, seed: int
) -> Section:
  budget, prefix = Budget.of(by_strategy), f"comparison_{number}"
  runs = [run for runs in by_strategy.values() for run in runs]
  measure = runs[0].measure  # They share a suite.
  scored = winners.on_all_tasks(runs, labs)
  tests = strategy_tests.of_runs(by_strategy, scored, seed)
  single = strategy_tests.of_winners(by_strategy, seed)
  blocks: list[Block] = [
    *_few_runs(by_strategy),
    Text(
      f"Runs that differ only in their strategy (--mutator), up to {budget}, "
      "which all of them have. The curves show values in the search, where "
      "selection flatters the best; the tables of winners show tasks or seeds "
      "that the search never saw."
    ),
    _at_equal_budget(by_strategy, budget, prefix),
    _course(by_strategy, budget, measure, prefix),
    _course_in_time(by_strategy, budget, measure, prefix),
  ]
  leads, words = _leads(by_strategy, scored, measure, prefix)
  blocks += leads
  if tests:
    blocks.append(strategy_tests.table_of_runs(tests, measure, prefix))
    blocks += map(Text, strategy_tests.too_few(tests))
  if single:
    blocks.append(strategy_tests.table_of_winners(single, measure, prefix))
  return Section(
    f"{' against '.join(by_strategy)}, {budget} each",
    blocks,
    [*_sentences(by_strategy, tests, single, measure), *words],
  )


def _leads(
  by_strategy: ByStrategy, scored: Winners, measure: str, prefix: str
) -> tuple[list[Block], list[str]]:
  """The tables of winners and their leads, and what they say in words."""
  found = strategy_leads.of_strategies(by_strategy, scored)
  shares = strategy_leads.shares(found)
  blocks: list[Block] = []
  if found:
    blocks.append(strategy_leads.table_of_leads(found, measure, prefix))
  blocks += map(Text, strategy_leads.without_reference(by_strategy, found))
  if shares:
    blocks.append(strategy_leads.table_of_shares(shares, prefix))
  return blocks, strategy_leads.sentences(found, shares)


def _sentences(
  by_strategy: ByStrategy,
  tests: Sequence[RunTest],
  single: Sequence[PairedTest],
  measure: str,
) -> list[str]:
  """The tests in words."""
  if not (tests or single):
    names = " and ".join(by_strategy)
    return [
      f"The winners of {names} are not compared: that takes finished runs of "
      "the same budget, three for each strategy or some with the same seed."
    ]
  found = strategy_tests.sentences(tests)
  if single:
    found.append(strategy_tests.sentence(single, measure))
  return found


def _few_runs(by_strategy: ByStrategy) -> list[Text]:
  runs = min(len(runs) for runs in by_strategy.values())
  if runs >= MIN_RUNS:
    return []
  return [
    Text(
      f"With {runs} run{'s' if runs > 1 else ''} of a strategy this compares "
      "its winners; the mean advantage of a strategy takes more runs."
    )
  ]


def _at_equal_budget(
  by_strategy: ByStrategy, budget: Budget, prefix: str
) -> DataTable:
  measures: dict[str, Callable[[Moment], float]] = {
    "best in the search (95% CI)": lambda m: m.best or 0.0,
    "QD score (95% CI)": lambda m: m.qd_score,
    "niches (95% CI)": lambda m: m.coverage,
    "candidates (95% CI)": lambda m: m.slot + 1,
    "evaluation time, minutes (95% CI)": lambda m: m.seconds / 60,
  }
  rows: list[list[Cell]] = []
  for strategy, runs in by_strategy.items():
    ends = [budget.within(run)[-1] for run in runs]
    estimates = [
      statistics.mean([f(e) for e in ends]) for f in measures.values()
    ]
    rows.append([strategy, len(runs), *estimates])
  return DataTable(
    f"{prefix}_equal_budget",
    f"After {budget}; means over runs, with Student's t intervals where there "
    "are several.",
    (
      Column("strategy"),
      Column("runs"),
      *(
        Column(name, digits=3 if name.startswith("best") else 1)
        for name in measures
      ),
    ),
    rows,
  )


def _course(
  by_strategy: ByStrategy, budget: Budget, measure: str, prefix: str
) -> Figure:
  return Figure(
    f"{prefix}_course",
    "Best value so far in the search, by strategy, against "
    f"{budget.axis.split(',')[0]}. Thin lines are runs, thick ones their mean.",
    _drawing(by_strategy, budget, budget.used, budget.axis, measure),
  )


def _course_in_time(
  by_strategy: ByStrategy, budget: Budget, measure: str, prefix: str
) -> Figure:
  return Figure(
    f"{prefix}_time",
    "Best value so far in the search, by strategy, against the time that "
    "evaluations took. Thin lines are runs, thick ones their mean.",
    _drawing(
      by_strategy,
      budget,
      lambda moment: moment.seconds / 60,
      "evaluation time, minutes (all workers added up)",
      measure,
    ),
  )


def _drawing(
  by_strategy: ByStrategy,
  budget: Budget,
  x: Callable[[Moment], float],
  label: str,
  measure: str,
) -> Drawing:
  courses = {
    strategy: [
      _best_so_far(moments, x)
      for run in runs
      if (moments := budget.within(run))[-1].best is not None
    ]
    for strategy, runs in by_strategy.items()
  }
  return best_so_far.draw(
    {k: v for k, v in courses.items() if v}, label, measure
  )


def _best_so_far(
  moments: Sequence[Moment], x: Callable[[Moment], float]
) -> tuple[np.ndarray, np.ndarray]:
  known = [moment for moment in moments if moment.best is not None]
  return (
    np.array([x(moment) for moment in known], np.float64),
    np.array([moment.best for moment in known]),
  )
