"""The course of one search: settings, candidates, archive, and its best."""

from collections import Counter
from collections.abc import Mapping

from evolve.language import LanguageError
from evolve.translate import formula
from harness.core.fitness import Fidelity, Status
from harness.reporting import lineage as lines
from harness.reporting import niches
from harness.reporting.curves import Curve
from harness.reporting.document import (
  Block,
  Code,
  Column,
  Formula,
  Line,
  Section,
  Table,
  Text,
)
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import lineage, niche_maps, search_figures

_NUM_ELITES = 10
_LINE = 60  # Characters of a program in a table.


def section(
  run: SearchRun, prefix: str, curves: Mapping[str, Curve]
) -> Section:
  """What a search did and found, before any second look at it.

  Args:
    run: the search, finished or not.
    prefix: makes the names of figures and tables unique on the page.
    curves: by program id, see `harness.reporting.curves.curves_of`; functions
      without one are not drawn.
  """
  remarks = _remarks(run)
  blocks: list[Block] = [
    *map(Text, remarks),
    Text(_settings(run)),
    Code("The command that made it", [Line([(run.run.command_line, False)])]),
    _statuses(run, prefix),
  ]
  if run.spent:
    blocks.append(_calls(run, prefix))
  best = lines.best(run)
  if best is None:
    blocks.append(Text("No candidate has a value yet, so there is no best."))
  else:
    blocks += [
      search_figures.course(run, prefix),
      _elites(run, prefix),
      *niche_maps.maps(run, prefix),
      search_figures.costs(run, prefix),
      *search_figures.winner(run, prefix, curves),
      *_formula(best.program.source),
      *lineage.blocks(run, prefix),
    ]
  title = f"The search {run.run.label} (mutator {run.mutator})"
  return Section(title, blocks, [f"{run.run.label} is {r}" for r in remarks])


def _remarks(run: SearchRun) -> list[str]:
  """What is not as planned, if anything."""
  done, planned = len(run.rows), run.run.settings["evaluations"]
  count = f"{done:,} of {planned:,} candidates"
  if run.run.is_finished:
    if done == planned:
      return []
    return [f"cut short: {count}, by the budget for language models."]
  rest = (
    "what follows is of those, and nothing is verified yet"
    if done < planned
    else "the verification has not ended"
  )
  return [f"unfinished: {count}; {rest}."]


def _settings(run: SearchRun) -> str:
  settings = run.run.settings
  commit = run.run.commit
  tree = f"commit {commit[:12]}" if commit else "an unknown commit"
  if run.run.has_changes:
    tree += " with changes"
  return (
    f"Suite {run.suite}; an evaluation in full takes {run.fidelity}, the "
    f"screen before it {Fidelity(**settings['screen'])}; mutator "
    f"{run.mutator}, seed {settings['seed']}, {settings['evaluations']:,} "
    f"evaluations with {run.num_zero} of generation zero; {tree}."
  )


def _statuses(run: SearchRun, prefix: str) -> Table:
  counts = Counter(row.report.status for row in run.rows)
  total = max(1, len(run.rows))
  return Table(
    f"{prefix}_statuses",
    f"How {len(run.rows):,} candidates ended.",
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


def _calls(run: SearchRun, prefix: str) -> Table:
  spent = run.spent
  assert spent
  is_priced = spent.cost > 0 or not spent.unpriced
  models = ", ".join(str(model[0]) for model in run.run.settings["llm"])
  return Table(
    f"{prefix}_calls",
    f"What language models took ({models}). Dollars are of the answers whose "
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


def _elites(run: SearchRun, prefix: str) -> Table:
  elites = run.archive.elites()
  rows = [run.rows[elite.slot] for elite in elites[:_NUM_ELITES]]
  return Table(
    f"{prefix}_elites",
    f"The best {len(rows)} of {len(elites)} elites of the archive, by OOD "
    "skill (0 to 1) in the search. Size is that of the program: operations, "
    "calls, names and constants. Far left and far right are how the function "
    "grows towards either infinity. Turns are turning points in [-12, 12].",
    (
      Column("rank"),
      Column("program"),
      Column("OOD skill (95% CI)"),
      Column("operations per element", 0),
      *map(Column, ("size", "far left", "far right", "turns")),
      Column("last line"),
    ),
    [
      (
        rank,
        lines.called(row),
        lines.value(row),
        lines.flops(row),
        *niches.in_words(elite.niche),
        row.program.source.rstrip().splitlines()[-1].strip()[:_LINE],
      )
      for rank, (elite, row) in enumerate(zip(elites, rows, strict=False), 1)
    ],
  )


def _formula(source: str) -> list[Block]:
  try:
    found = formula(source)
  except LanguageError:  # An older version of the language admitted it.
    found = None
  if found is None:
    return [Text("No formula could be given for the best program.")]
  return [
    Text("The best program as a formula:"),
    Formula(found.mathml, found.plain),
  ]
