"""The first screen of the page: a search's winner, and the verdicts on it."""

from collections.abc import Mapping, Sequence

from evolve.runs.finalists import Finalist
from harness.reporting.document import Block, Column, DataTable, Figure, shown
from harness.reporting.figures import functions
from harness.reporting.figures.functions import Curve
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import (
  best_function,
  paired_tests,
  program_diff,
  verification,
)
from harness.reporting.sections.paired_tests import PairedTest

_BESIDE = ("gelu", "relu")
_MAX_RIVALS = 5


def blocks(
  run: SearchRun, prefix: str, curves: Mapping[str, Curve], seed: int
) -> list[Block]:
  """The winner's curve, formula, code, and verdicts against its rivals.

  Args:
    run: a search with a winner.
    prefix: makes the names of figures and tables unique on the page.
    curves: by program id, see `best_function.curves_of`.
    seed: keys the bootstrap.
  """
  winner, best = run.winner, run.best
  assert winner and best
  tests = verification.against_rivals(run, seed)
  return [
    *_curve(run, winner, prefix, curves),
    best_function.formula_of(best),
    program_diff.diff(_title(run, winner), best.program.source),
    *([_verdicts(run, tests, prefix)] if tests else []),
  ]


def _curve(
  run: SearchRun, winner: Finalist, prefix: str, curves: Mapping[str, Curve]
) -> list[Figure]:
  if winner.program_id not in curves:  # Its probe failed.
    return []
  references = best_function.references()
  others = {
    name: curves[references[name].id]
    for name in _BESIDE
    if references[name].id in curves and name != winner.name
  }
  return [
    Figure(
      f"{prefix}_curve",
      f"The winner of {run.directory.label}, {winner.name}, beside "
      f"{' and '.join(others)}.",
      functions.draw_values((winner.name, curves[winner.program_id]), others),
    )
  ]


def _title(run: SearchRun, winner: Finalist) -> str:
  parts = [
    f"{shown(mean, Column(run.measure))} on {tasks}"
    for tasks, report in run.reports(winner).items()
    if report and (mean := report.estimate)
  ]
  return f"{winner.name}, {run.measure} (0 to 1) and 95% CI: {', '.join(parts)}"


def _verdicts(
  run: SearchRun, tests: Sequence[PairedTest], prefix: str
) -> DataTable:
  by_rival: dict[str, dict[str, PairedTest]] = {}
  for test in tests:
    by_rival.setdefault(test.subject, {})[test.tasks] = test
  all_tasks = list(dict.fromkeys(test.tasks for test in tests))
  return DataTable(
    f"{prefix}_verdicts",
    f"The winner against well-known functions, with its lead in {run.measure}. "
    f"Verdicts, at 5%, are {verification.about(run, tests)}; they and their "
    f"intervals, {paired_tests.over(tests)}, are adjusted for the "
    f"{len(tests)} comparisons of the verification.",
    (
      Column("the winner against"),
      *(Column(f"on {tasks}") for tasks in all_tasks),
      *(
        Column(f"lead on {tasks} (adjusted CI)", signed=True)
        for tasks in all_tasks
      ),
    ),
    [
      (
        rival,
        *(found[t].verdict if t in found else None for t in all_tasks),
        *(found[t].lead if t in found else None for t in all_tasks),
      )
      for rival, found in list(by_rival.items())[:_MAX_RIVALS]
    ],
  )
