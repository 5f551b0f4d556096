"""One search: settings, statuses, course, archive, costs, best function."""

from collections import Counter
from collections.abc import Mapping

from harness.core.fitness import Fidelity, Status
from harness.reporting.document import (
  Block,
  Code,
  Column,
  DataTable,
  Figure,
  Section,
  Text,
)
from harness.reporting.figures import pareto, progress
from harness.reporting.figures.functions import Curve
from harness.reporting.runs.search_run import (
  SearchRun,
  flops,
  is_named,
  row_name,
)
from harness.reporting.sections import (
  archive,
  best_function,
  learned,
  lineage,
)


def section(
  run: SearchRun, prefix: str, curves: Mapping[str, Curve]
) -> Section:
  """A search as it went, without its verification.

  Args:
    run: the search, finished or not.
    prefix: makes the names of figures and tables unique on the page.
    curves: by program id, see `best_function.curves_of`.
  """
  blocks: list[Block] = [
    Text(_settings(run)),
    Code("Its command", [[(run.directory.command_line, False)]]),
    _statuses(run, prefix),
  ]
  if run.spent:
    blocks.append(_calls(run, prefix))
  if run.best is None:
    blocks.append(Text("No candidate has a value yet, so there is no best."))
  else:
    blocks += [
      _course(run, prefix),
      *archive.blocks(run, prefix),
      _costs(run, prefix),
      *best_function.blocks(run, prefix, curves),
      *learned.tables(
        [(row_name(run.best), run.best.report.parameters)], prefix
      ),
      *lineage.blocks(run, prefix),
    ]
  state = "" if run.directory.is_finished else ", unfinished"
  title = f"The search {run.directory.label} (mutator {run.mutator}{state})"
  return Section(
    title, blocks, [f"{run.directory.label} is {r}" for r in _remarks(run)]
  )


def _remarks(run: SearchRun) -> list[str]:
  """Deviations from the plan, if any."""
  settings = run.directory.settings
  done, planned = len(run.rows), settings["evaluations"]
  budget = settings.get("budget")
  spent = sum(row.report.cost for row in run.rows)
  is_over = done == planned or (budget is not None and spent >= budget)
  parts = [f"{done:,}{f' of {planned:,}' if planned else ''} candidates"]
  if budget is not None:
    parts.append(f"{spent:.0f} of {budget:g} of the budget")
  count = ", ".join(parts)
  if run.directory.is_finished:
    if is_over:
      return []
    return [f"cut short: {count}, by the budget for language models."]
  rest = (
    "the verification has not ended"
    if is_over
    else "everything below is of these, and nothing is verified yet"
  )
  return [f"unfinished: {count}; {rest}."]


def _length(run: SearchRun) -> str:
  """The end that a run was given, in words."""
  settings = run.directory.settings
  count, budget = settings["evaluations"], settings.get("budget")
  candidates = "candidates" if count is None else f"{count:,} candidates"
  if budget is None:
    return candidates
  return f"{candidates} for a budget of {budget:g} evaluations in full"


def _settings(run: SearchRun) -> str:
  settings = run.directory.settings
  commit = run.directory.commit
  tree = f"commit {commit[:12]}" if commit else "an unknown commit"
  if run.directory.has_changes:
    tree += " with changes"
  return (
    f"Suite {run.suite}; an evaluation in full takes {run.fidelity}, the "
    f"screen before it {Fidelity(**settings['screen'])}; mutator "
    f"{run.mutator}, seed {settings['seed']}, {_length(run)}, "
    f"{run.num_zero} of them generation zero; {tree}."
  )


def _statuses(run: SearchRun, prefix: str) -> DataTable:
  counts = Counter(row.report.status for row in run.rows)
  total = max(1, len(run.rows))
  return DataTable(
    f"{prefix}_statuses",
    f"Statuses of the {len(run.rows):,} candidates.",
    (
      Column("status"),
      Column("candidates"),
      Column("share, %", 1),
      Column("meaning"),
    ),
    [
      (status.value, counts[status], 100 * counts[status] / total,
       status.sentence)
      for status in Status
    ],
  )  # fmt: skip


def _calls(run: SearchRun, prefix: str) -> DataTable:
  spent = run.spent
  assert spent
  is_priced = spent.cost > 0 or not spent.unpriced
  models = ", ".join(str(model[0]) for model in run.directory.settings["llm"])
  return DataTable(
    f"{prefix}_calls",
    f"Calls of language models ({models}). Dollars are of the answers whose "
    "price is known; replayed answers were paid for by another run.",
    (Column("quantity"), Column("amount", 4)),
    [
      ("calls", spent.calls),
      ("calls without an answer", spent.failed),
      ("calls to repair a program", spent.repairs),
      ("prompt tokens", spent.prompt_tokens),
      ("completion tokens", spent.completion_tokens),
      ("US dollars", spent.cost if is_priced else None),
      ("answers without a known price", spent.unpriced),
      ("replayed answers", spent.replayed),
    ],
  )


def _course(run: SearchRun, prefix: str) -> Figure:
  moments = run.moments
  return Figure(
    f"{prefix}_progress",
    "Course of the search, against candidates and against the time that their "
    f"evaluations took: the best {run.measure} (0 to 1) so far; the QD score, "
    f"which is the sum over filled niches of the best {run.measure}; and the "
    "number of filled niches. The dotted line is the end of generation zero.",
    progress.draw(
      {
        f"best {run.measure}": [moment.best for moment in moments],
        "QD score": [moment.qd_score for moment in moments],
        "niches filled": [float(moment.coverage) for moment in moments],
      },
      [moment.seconds / 60 for moment in moments],
      run.num_zero,
    ),
  )


def _costs(run: SearchRun, prefix: str) -> Figure:
  points = {
    row.slot: (cost, value)
    for row in run.rows
    if (cost := flops(row)) is not None
    and (value := row.report.value) is not None
  }
  assert run.best
  names = {
    row_name(row): points[row.slot]
    for row in run.rows
    if row.slot in points and is_named(row)
  }
  return Figure(
    f"{prefix}_costs",
    f"The {run.measure} (0 to 1) in the search against cost, in weighted "
    "operations per element of a call (an addition or a multiplication is 1). "
    "The line joins the candidates that no other one dominates by being "
    "cheaper and as good, or better and as cheap.",
    pareto.draw(
      list(points.values()),
      names,
      points[run.best.slot],
      "weighted operations per element",
      f"{run.measure} (0 to 1)",
    ),
  )
