"""Leads of winners over a well-known function, strategy by strategy.

The share of a lead in the search that is left on fresh tasks is the winner's
curse; the share of a free-form curve's lead that formulas reach tells how much
of what the lab allows they express.
"""

import dataclasses
from collections.abc import Sequence

from harness.core.evidence import Estimate
from harness.reporting import run_statistics, statistics
from harness.reporting.document import Column, DataTable
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections.strategy_tests import ByStrategy, by_budget
from harness.reporting.winners import (
  REFERENCE,
  Scored,
  Winners,
  are_fresh,
  search_lead,
)

FREE_FORM = "spline"  # The strategy whose winners are free-form curves.


@dataclasses.dataclass(frozen=True)
class Leads:
  """The winners of a strategy's runs of one budget, on some tasks.

  Attributes:
    strategy: its name.
    budget: of each run, see `strategy_tests.budget_of`.
    tasks: those that the winners were evaluated on.
    values: of the winners, one for each run.
    on_tasks: their leads over the reference, of the runs that have one.
    in_search: the same in the search, of the runs that have both; empty where
      the tasks are of other generators than the search's.
  """

  strategy: str
  budget: str
  tasks: str
  values: Sequence[float]
  on_tasks: Sequence[float]
  in_search: Sequence[float]

  @property
  def kept(self) -> Estimate | None:
    """The share of the lead in the search that is left; of a few runs None."""
    if len(self.in_search) < run_statistics.MIN_RUNS:
      return None
    return run_statistics.ratio(self.on_tasks, self.in_search)


@dataclasses.dataclass(frozen=True)
class Share:
  """The part of a free-form curve's lead that a strategy's formulas have.

  Attributes:
    leads: of the strategy.
    free_form: of the free-form curves, on the same tasks.
  """

  leads: Leads
  free_form: Leads

  @property
  def estimate(self) -> Estimate:
    return run_statistics.ratio_of_groups(
      self.leads.on_tasks, self.free_form.on_tasks
    )

  @property
  def counts(self) -> bool:
    """True if the free-form curves are shown to lead at all."""
    low = statistics.mean(self.free_form.on_tasks).low
    return low is not None and low > 0


def of_strategies(by_strategy: ByStrategy, winners: Winners) -> list[Leads]:
  """The leads of all strategies, by budget and by tasks."""
  found = []
  for budget, strategies in by_budget(by_strategy).items():
    for strategy, runs in strategies.items():
      for tasks, by_run in winners.items():
        scored = [
          (run, by_run[run.directory.label])
          for run in runs
          if run.directory.label in by_run
        ]
        # Not of a claim, whose function was chosen among several runs.
        if scored and len(scored) == sum(bool(run.winner) for run in runs):
          found.append(_leads(strategy, budget, tasks, scored))
  return found


def shares(all_leads: Sequence[Leads]) -> list[Share]:
  """Shares of the leads of free-form curves on the same fresh tasks."""
  known = [x for x in all_leads if x.on_tasks and are_fresh(x.tasks)]
  curves = [x for x in known if x.strategy == FREE_FORM]
  return [
    Share(leads, free_form)
    for free_form in curves
    for leads in known
    if leads.strategy != FREE_FORM and leads.tasks == free_form.tasks
  ]


def table_of_leads(
  all_leads: Sequence[Leads], measure: str, prefix: str
) -> DataTable:
  """The table of winners, run by run, and of their leads."""
  return DataTable(
    f"{prefix}_leads",
    f"Winners of the strategies: the mean over runs of their {measure} (0 to "
    f"1), of their lead over {REFERENCE}, and of that lead in the search; with "
    "Student's t intervals over runs where there are three or more. The share "
    "that is left is the ratio of the two leads, with Fieller's interval: what "
    "is less than 1 is the winner's curse. It has no interval where the lead "
    "in the search is not shown to differ from 0. The budget of a run is in "
    "full evaluations (--budget), or its number of candidates.",
    (
      Column("strategy"),
      Column("tasks"),
      Column(f"winners' {measure} (95% CI)"),
      Column(f"lead over {REFERENCE} (95% CI)", signed=True),
      Column("lead in the search (95% CI)", signed=True),
      Column("share that is left (95% CI)", 2),
      Column("runs"),
      Column("budget"),
    ),
    [
      (
        leads.strategy,
        leads.tasks,
        statistics.mean_score(leads.values),
        _mean(leads.on_tasks),
        _mean(leads.in_search),
        leads.kept,
        len(leads.values),
        leads.budget,
      )
      for leads in all_leads
    ],
  )


def table_of_shares(found: Sequence[Share], prefix: str) -> DataTable:
  """The table of the way from the reference to free-form curves."""
  return DataTable(
    f"{prefix}_shares",
    f"The way from {REFERENCE} to free-form curves: the mean lead of a "
    f"strategy's winners over {REFERENCE} as a share of that of {FREE_FORM}'s, "
    "with Fieller's interval over runs. It counts only where the lead of "
    f"{FREE_FORM}'s own has its interval above 0.",
    (
      Column("strategy"),
      Column("tasks"),
      Column("lead (95% CI)", signed=True),
      Column(f"lead of {FREE_FORM} (95% CI)", signed=True),
      Column("share of the way (95% CI)", 2),
      Column("counts"),
      Column("runs"),
      Column("budgets"),
    ),
    [
      (
        share.leads.strategy,
        share.leads.tasks,
        _mean(share.leads.on_tasks),
        _mean(share.free_form.on_tasks),
        share.estimate,
        "yes" if share.counts else "no",
        f"{len(share.leads.on_tasks)} and {len(share.free_form.on_tasks)}",
        f"{share.leads.budget} and {share.free_form.budget}",
      )
      for share in found
    ],
  )


def without_reference(
  by_strategy: ByStrategy, all_leads: Sequence[Leads]
) -> list[str]:
  """A sentence on the runs that have no lead, if there are any."""
  missing = [
    run.directory.label
    for runs in by_strategy.values()
    for run in runs
    if run.winner and search_lead(run) is None
  ]
  if not (all_leads and missing):
    return []
  return [
    f"Leads leave out {', '.join(missing)}: a lead takes {REFERENCE} in "
    "generation zero and among the functions that were verified."
  ]


def sentences(all_leads: Sequence[Leads], found: Sequence[Share]) -> list[str]:
  """The shares of leads that are left, and of the way, in words."""
  kept = [
    f"{leads.strategy} keeps {_words(leads.kept)} of its lead over "
    f"{REFERENCE} in the search on {leads.tasks} ({len(leads.in_search)} runs, "
    f"budget {leads.budget})."
    for leads in all_leads
    if leads.kept and leads.kept.low is not None
  ]
  return kept + [
    f"{share.leads.strategy} covers {_words(share.estimate)} of the way from "
    f"{REFERENCE} to {FREE_FORM} on {share.leads.tasks} (budgets "
    f"{share.leads.budget} and {share.free_form.budget})"
    + (
      "."
      if share.counts
      else f"; that does not count, as {FREE_FORM}'s own lead is not shown to "
      "be above 0."
    )
    for share in found
  ]


def _leads(
  strategy: str,
  budget: str,
  tasks: str,
  scored: Sequence[tuple[SearchRun, Scored]],
) -> Leads:
  pairs = [
    (there, before)
    for run, found in scored
    if (there := found.lead) is not None
    and (before := search_lead(run)) is not None
  ]
  return Leads(
    strategy,
    budget,
    tasks,
    [found.value for _, found in scored],
    [there for there, _ in pairs],
    [before for _, before in pairs] if are_fresh(tasks) else [],
  )


def _mean(leads: Sequence[float]) -> Estimate | None:
  return statistics.mean(leads) if leads else None


def _words(estimate: Estimate) -> str:
  """A share with its interval."""
  value, low, high = estimate
  if low is None or high is None:
    return f"{value:.2f} (no interval)"
  return f"{value:.2f} ({low:.2f} to {high:.2f})"
