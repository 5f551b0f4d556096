"""Verification of a search's winner on fresh seeds and held-out tasks."""

import numpy as np

from evolve import activations
from harness.core.fitness import Report
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
from harness.reporting.runs.search_run import Finalist, SearchRun
from harness.reporting.sections import log_ratios, paired_tests
from harness.reporting.sections.log_ratios import BASELINE, Losses
from harness.reporting.sections.paired_tests import PairedTest
from harness.reporting.statistics import Estimate

_WORDS = {
  "better": "better than",
  "worse": "worse than",
  paired_tests.NO_DIFFERENCE: "not shown to differ from",
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
      _tests_table(tests, prefix),
      _tests_figure(tests, prefix),
      *_by_task(run, prefix),
    ]
  blocks += log_ratios.figures(_losses(run), run.suite, prefix, seed)
  findings = [sentence(run, tests)] if tests else []
  return Section(title, blocks, findings)


def against_rivals(run: SearchRun, seed: int) -> list[PairedTest]:
  """The winner against each rival, on fresh seeds and on held-out tasks.

  All p-values are adjusted together. Empty without a winner; the winner is not
  compared with itself.
  """
  winner = run.winner
  if winner is None:
    return []
  pairs = {
    (rival.name, tasks): pair
    for tasks, ours in run.reports(winner).items()
    for rival in _rivals(run)
    if rival is not winner
    and (pair := paired_tests.pair(ours, run.reports(rival)[tasks]))
  }
  return paired_tests.run(pairs, seed)


def sentence(run: SearchRun, tests: list[PairedTest]) -> str:
  """The tests against rivals, in words."""
  assert run.winner
  parts = [
    f"on {tasks} it is {_verdicts([t for t in tests if t.tasks == tasks])}"
    for tasks in dict.fromkeys(t.tasks for t in tests)
  ]
  return f"The winner is {run.winner.name}: {'; '.join(parts)}."


def _verdicts(tests: list[PairedTest]) -> str:
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
    return "No finalist has a value both in the search and on fresh seeds."
  text = (
    f"Selection bias: on fresh seeds the {len(falls)} best of the search fell "
    f"by {np.mean(falls):+.3f} on average (from {min(falls):+.3f} to "
    f"{max(falls):+.3f}; a negative fall is a rise)"
  )
  if run.winner and run.winner.fall is not None:
    text += f", the winner by {run.winner.fall:+.3f}"
  return text + "."


def _method(run: SearchRun) -> str:
  count = sum(f.is_found for f in run.finalists)
  assert run.winner and run.winner.fresh
  seeds = len(run.winner.fresh.value_by_seed)
  fidelity = run.fidelity
  steps = f" for {fidelity.steps} steps" if fidelity.steps else ""
  apart = (
    f"Scores on {run.heldout}, tasks that the search never sees, had no part "
    "in the choice and flatter nobody."
    if run.heldout
    else "An objective of one's own has no held-out tasks."
  )
  return (
    f"The {count} best of the archive were evaluated again{steps} on {seeds} "
    f"fresh seeds (the search used {fidelity.num_seeds} others), each as the "
    "function itself, not by a table of its values. The winner is the best of "
    "them on the fresh seeds, where being the best of several flatters it. "
    f"{apart} All rows share their seeds, so differences are paired."
  )


def _finalists(run: SearchRun, prefix: str, seed: int) -> DataTable:
  heldout = [Column(f"{run.heldout} (95% CI)")] if run.heldout else []
  return DataTable(
    f"{prefix}_finalists",
    f"The best of {run.directory.label} and well-known functions, by OOD skill "
    "(0 to 1) on fresh seeds. Intervals of means are Student's t over seeds, "
    "those of interquartile means (IQM) by stratified bootstrap over seeds and "
    "tasks.",
    (
      Column("function"),
      Column("found by"),
      Column("in the search"),
      Column(f"{run.suite}, fresh seeds (95% CI)"),
      Column("fell by", signed=True),
      Column("IQM (95% CI)"),
      *heldout,
    ),
    [
      _row(f, seed, is_winner=f is run.winner)[: 6 + len(heldout)]
      for f in run.finalists
    ],
  )


def _row(finalist: Finalist, seed: int, *, is_winner: bool) -> list[Cell]:
  fresh, heldout = finalist.fresh, finalist.heldout
  iqm = None
  if fresh and fresh.value is not None:
    scores = statistics.as_array(fresh.scores_by_seed)
    iqm = statistics.interquartile_mean(scores, seed)
  return [
    finalist.name + (" (winner)" if is_winner else ""),
    "search" if finalist.is_found else "reference",
    finalist.search_value,
    mean_of(fresh),
    finalist.fall,
    iqm,
    mean_of(heldout),
  ]


def _tests_table(tests: list[PairedTest], prefix: str) -> DataTable:
  return DataTable(
    f"{prefix}_against_rivals",
    "The winner minus well-known functions, on the same seeds, with p-values "
    "of paired t-tests over seeds. Verdicts, at 5%, and intervals are adjusted "
    "for all rows by Holm's method. The probability of improvement is that one "
    "training of the winner beats one of the other on a task.",
    (Column("against"), Column("tasks"), *paired_tests.COLUMNS),
    [(t.subject, t.tasks, *t.cells()) for t in tests],
  )


def _tests_figure(tests: list[PairedTest], prefix: str) -> Figure:
  return Figure(
    f"{prefix}_against_rivals",
    "The winner's OOD skill minus that of well-known functions, with adjusted "
    "intervals over seeds. Right of the line the winner is better.",
    estimates.draw(
      [f"{t.subject}, {t.tasks}" for t in tests],
      [t.difference.estimate for t in tests],
      "difference in OOD skill",
      reference=0.0,
    ),
  )


def _by_task(run: SearchRun, prefix: str) -> list[Block]:
  """The winner's gain over the best rival, task by task."""
  winner = run.winner
  rival = next((f for f in _rivals(run) if f is not winner), None)
  if not (winner and winner.fresh and rival):
    return []
  pair = paired_tests.pair(winner.fresh, rival.fresh)
  if pair is None:
    return []
  ours, theirs = pair
  gains = {
    task: statistics.mean(column.tolist())
    for task, column in zip(
      sorted(winner.fresh.scores_by_seed), (ours - theirs).T, strict=True
    )
  }
  ranked = sorted(gains, key=lambda task: -gains[task].value)
  return [
    Figure(
      f"{prefix}_by_task",
      f"Task by task, the winner's OOD skill minus that of {rival.name}, the "
      f"best of the well-known functions here, on {run.suite}, fresh seeds, "
      "with 95% intervals over seeds. A gain may come from few tasks.",
      estimates.draw(
        ranked,
        [gains[task] for task in ranked],
        f"difference in OOD skill to {rival.name}",
        reference=0.0,
      ),
    )
  ]


def _losses(run: SearchRun) -> dict[str, Losses]:
  return {f.name: f.fresh.ood_loss for f in run.finalists if f.fresh}


def _rivals(run: SearchRun) -> list[Finalist]:
  """Well-known functions but for the baseline, best on fresh seeds first."""
  return [
    f
    for f in run.finalists
    if f.name != BASELINE and (not f.is_found or f.name in activations.names())
  ]


def mean_of(report: Report | None) -> Estimate | None:
  """The value of a report, with its interval over seeds."""
  by_seed = report.value_by_seed if report else ()
  return statistics.mean_score(by_seed) if by_seed else None
