"""Verification of a search's winner on fresh and on held-out tasks."""

from collections.abc import Sequence

import numpy as np

from evolve.runs import finalists
from evolve.runs.finalists import Finalist
from harness.core import evidence
from harness.core.comparisons import NO_DIFFERENCE
from harness.reporting import statistics
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Figure,
  Section,
  Text,
)
from harness.reporting.figures import estimates
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import log_ratios, paired_tests
from harness.reporting.sections.log_ratios import Losses
from harness.reporting.sections.paired_tests import PairedTest

_WORDS = {
  "better": "better than",
  "worse": "worse than",
  NO_DIFFERENCE: "not shown to differ from",
}


def section(run: SearchRun, prefix: str, seed: int) -> Section:
  """A section on the verification of a search.

  Args:
    run: the search.
    prefix: makes the names of figures and tables unique on the page.
    seed: keys the bootstrap.
  """
  title = f"Does the winner hold? {run.directory.label}"
  if run.winner is None:
    return Section(
      title, [Text("Nothing was verified: the search did not get that far.")]
    )
  blocks: list[Block] = [
    Text(_method(run)),
    _finalists(run, prefix, seed),
    Text(selection_bias(run)),
  ]
  tests = against_rivals(run, seed)
  if tests:
    blocks += [
      _tests_table(run, tests, prefix),
      _tests_figure(run, tests, prefix),
      *_by_task(run, tests, prefix),
    ]
  first, *_ = finalists.evidence_suites(run.suites)
  blocks += log_ratios.figures(
    _losses(run, first), run.tasks_of(first), prefix, seed
  )
  findings = [sentence(run, tests)] if tests else []
  return Section(title, blocks, findings)


def against_rivals(run: SearchRun, seed: int) -> list[PairedTest]:
  """The winner against each rival, on fresh and on held-out tasks.

  All p-values are adjusted together, as in the lines at the end of a search.
  Empty without a winner.
  """
  if run.winner is None:
    return []
  pairs = finalists.rival_pairs(run.winner, run.finalists, run.suites)
  return paired_tests.run(
    {
      (rival, run.tasks_of(name)): pair for (rival, name), pair in pairs.items()
    },
    seed,
  )


def about(run: SearchRun, tests: Sequence[PairedTest]) -> str:
  """The populations of tasks that tests are about, in words."""
  drawn = {t.tasks: t.comparison.is_drawn for t in tests}
  return "about " + " and about ".join(
    f"{finalists.place(run.suites, name, drawn=drawn[run.tasks_of(name)])} "
    f"({run.tasks_of(name)})"
    for name in finalists.evidence_suites(run.suites)
    if run.tasks_of(name) in drawn
  )


def sentence(run: SearchRun, tests: Sequence[PairedTest]) -> str:
  """The tests against rivals, in words."""
  assert run.winner
  parts = []
  for name in finalists.evidence_suites(run.suites):
    chosen = [t for t in tests if t.tasks == run.tasks_of(name)]
    if chosen:
      drawn = chosen[0].comparison.is_drawn
      words = finalists.place(run.suites, name, drawn=drawn)
      parts.append(f"on {words} it is {_verdicts(chosen)}")
  return f"The winner is {run.winner.name}: {'; '.join(parts)}."


def _verdicts(tests: Sequence[PairedTest]) -> str:
  """Rivals by verdict, in words."""
  rivals: dict[str, list[str]] = {verdict: [] for verdict in _WORDS}
  for test in tests:
    rivals.setdefault(test.verdict, []).append(test.subject)
  return ", ".join(
    f"{_WORDS.get(verdict, f'of {verdict} against')} {_listed(names)}"
    for verdict, names in rivals.items()
    if names
  )


def _listed(names: list[str]) -> str:
  *most, last = names
  return f"{', '.join(most)} and {last}" if most else last


def selection_bias(run: SearchRun) -> str:
  """The fall of the best from their values in the search, in words."""
  falls = [f.fall for f in run.finalists if f.is_found and f.fall is not None]
  if not falls:
    return "No finalist has a value both in the search and on new seeds."
  text = (
    f"Selection bias: on new seeds the {len(falls)} best of the search fell "
    f"by {np.mean(falls):+.3f} on average (from {min(falls):+.3f} to "
    f"{max(falls):+.3f}; a negative fall is a rise)"
  )
  if run.winner and run.winner.fall is not None:
    text += f", the winner by {run.winner.fall:+.3f}"
  return text + "."


def _method(run: SearchRun) -> str:
  count = sum(f.is_found for f in run.finalists)
  assert run.winner and run.winner.choice
  seeds = len(run.winner.choice.value_by_seed)
  fidelity = run.fidelity
  steps = f" for {fidelity.steps} steps" if fidelity.steps else ""
  reporting = finalists.reporting(run.suites)
  apart = (
    f"Scores on {' and '.join(run.suites[name] for name in reporting)}, tasks "
    "that the search never sees, had no part in the choice and flatter nobody."
    if reporting
    else "An objective of one's own has no fresh or held-out tasks."
  )
  return (
    f"The {count} best of the archive were evaluated again{steps} on {seeds} "
    f"new seeds (the search used {fidelity.num_seeds} others), each as the "
    "function itself, not by a table of its values. The winner is the best of "
    f"them on {_chosen_on(run)}, where being the best of several flatters it. "
    f"{apart} All rows share tasks and seeds, so differences are paired."
  )


def _chosen_on(run: SearchRun) -> str:
  """The tasks that the winner is chosen on."""
  further = run.suites.get(finalists.FURTHER)
  again = run.tasks_of(finalists.AGAIN)
  return f"{again} and {further}" if further else again


def _finalists(run: SearchRun, prefix: str, seed: int) -> DataTable:
  reporting = finalists.reporting(run.suites)
  assert run.winner and run.winner.choice
  over = evidence.over(drawn=bool(run.winner.choice.families))
  return DataTable(
    f"{prefix}_finalists",
    f"The best of {run.directory.label} and well-known functions, by "
    f"{run.measure} (0 to 1) on {_chosen_on(run)}. Intervals of means are "
    f"{over}, those of interquartile means (IQM) by bootstrap over tasks and "
    "seeds.",
    (
      Column("function"),
      Column("found by"),
      Column("in the search"),
      Column(f"{_chosen_on(run)} (95% CI)"),
      Column("fell by", signed=True),
      Column("IQM (95% CI)"),
      *(Column(f"{run.suites[name]} (95% CI)") for name in reporting),
      *(Column(f"mean OOD skill, {run.suites[name]}") for name in reporting),
    ),
    [
      _row(f, reporting, seed, is_winner=f is run.winner) for f in run.finalists
    ],
  )


def _row(
  finalist: Finalist, reporting: Sequence[str], seed: int, *, is_winner: bool
) -> list[Cell]:
  scores = finalist.choice.task_scores if finalist.choice else None
  reports = [finalist.reports.get(name) for name in reporting]
  return [
    finalist.name + (" (winner)" if is_winner else ""),
    "search" if finalist.is_found else "reference",
    finalist.search_value,
    finalist.choice.estimate if finalist.choice else None,
    finalist.fall,
    statistics.interquartile_mean(scores.values, seed) if scores else None,
    *(report.estimate if report else None for report in reports),
    *(report.mean_skill if report else None for report in reports),
  ]


def _tests_table(
  run: SearchRun, tests: Sequence[PairedTest], prefix: str
) -> DataTable:
  return DataTable(
    f"{prefix}_against_rivals",
    "The winner minus well-known functions, on the same tasks and seeds, with "
    f"p-values of paired tests {paired_tests.over(tests)}. Verdicts, at 5%, "
    f"are {about(run, tests)}; they and their intervals are adjusted for all "
    "rows by Holm's method. The probability of improvement is that one "
    "training of the winner beats one of the other on a task.",
    (Column("against"), Column("tasks"), *paired_tests.columns(run.measure)),
    [(t.subject, t.tasks, *t.cells()) for t in tests],
  )


def _tests_figure(
  run: SearchRun, tests: Sequence[PairedTest], prefix: str
) -> Figure:
  return Figure(
    f"{prefix}_against_rivals",
    f"The winner's {run.measure} minus that of well-known functions, with "
    f"adjusted intervals {paired_tests.over(tests)}. Right of the line the "
    "winner is better.",
    estimates.draw(
      [f"{t.subject}, {t.tasks}" for t in tests],
      [t.lead for t in tests],
      f"difference in {run.measure}",
      reference=0.0,
    ),
  )


def _by_task(
  run: SearchRun, tests: Sequence[PairedTest], prefix: str
) -> list[Block]:
  """The winner's gain over the best rival, task by task."""
  assert run.winner
  rival = next(f for f in run.finalists if f.name == tests[0].subject)
  ours, theirs = (run.reports(f)[tests[0].tasks] for f in (run.winner, rival))
  pair = paired_tests.pair(ours, theirs)
  if ours is None or pair is None:
    return []
  by_task = (pair[0].values - pair[1].values).T.tolist()
  gains = {
    task: statistics.mean(by_seed)
    for task, by_seed in zip(sorted(ours.scores_by_seed), by_task, strict=True)
  }
  ranked = sorted(gains, key=lambda task: -gains[task].value)
  return [
    Figure(
      f"{prefix}_by_task",
      f"Task by task, the winner's {run.measure} minus that of {rival.name}, "
      f"the best of the well-known functions here, on {tests[0].tasks}, with "
      "95% intervals over seeds where there are three or more. A gain may come "
      "from few tasks.",
      estimates.draw(
        ranked,
        [gains[task] for task in ranked],
        f"difference in {run.measure} to {rival.name}",
        reference=0.0,
      ),
    )
  ]


def _losses(run: SearchRun, name: str) -> dict[str, Losses]:
  """Losses by finalist, on the tasks of a fitness."""
  tasks = run.tasks_of(name)
  found = {f.name: run.reports(f)[tasks] for f in run.finalists}
  return {n: report.ood_loss for n, report in found.items() if report}
