"""The findings of a search: best.py, summary.json, and the table at its end."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evolve.proposers.llm.author import Author
from evolve.proposers.llm.calls import Totals
from evolve.runs import finalists
from evolve.runs.finalists import FRESH, HELDOUT, Finalist
from evolve.runs.status_line import spending
from evolve.runs.verification import Verification
from evolve.search.search import Search
from evolve.translate.standalone import standalone
from evolve.workers.contract import Pool
from harness.core import console, evidence, records
from harness.core.comparisons import Comparison
from harness.core.evidence import ALPHA
from harness.core.fitness import Report, Status
from harness.core.intervals import too_few
from harness.core.printed_table import print_table


def write_best(path: Path, found: Verification) -> None:
  """Writes the winner, if there is one, as a module and a candidate."""
  winner = found.winner
  if winner is None or found.program is None:
    return
  values = [
    f"{_number(winner.search_value)} in the search",
    f"{_number(winner.value)} on new seeds",
    *(
      f"{_number(report.value)} on {found.suites[name]}"
      for name, report in winner.reports.items()
    ),
  ]
  header = f"# {winner.name}, value {values[0]};\n# {', '.join(values[1:])}.\n"
  records.write_text(path, header + standalone(found.program.source))


def summary(
  search: Search,
  found: Verification,
  pool: Pool,
  author: Author | None,
  seconds: float,
) -> dict[str, Any]:
  """The contents of summary.json.

  `compilations` and `seconds` are those of this process and its workers, not
  of runs before a resume.
  """
  failed = {
    status.value: count
    for status, count in sorted(search.statuses.items())
    if status not in (Status.OK, Status.DUPLICATE)
  }
  models = author and {
    **author.totals()._asdict(),
    "out_of_budget": search.is_out_of_budget,
  }
  return {
    "evaluations": search.committed,
    "budget": search.config.budget,
    "spent": search.spent,
    "ok": search.statuses[Status.OK],
    "failed": failed,
    "duplicates": search.statuses[Status.DUPLICATE],
    "tabulated": search.tabulated,
    "compilations": dict(pool.compilations),
    "best": _best(found),
    **({"llm": models} if models else {}),
    "seconds": seconds,
  }


def _best(found: Verification) -> dict[str, Any] | None:
  winner = found.winner
  if winner is None or winner.choice is None or found.program is None:
    return None
  interval = winner.choice.value_ci95
  return {
    "id": winner.program_id,
    "value": winner.value,
    "value_ci95": interval and list(interval),
    "search_value": winner.search_value,
    **_reported(winner),
    "source": found.program.source,
  }


def _reported(winner: Finalist) -> dict[str, float | None]:
  """The winner's values and mean OOD skills on tasks that only report."""
  found: dict[str, float | None] = {}
  for name in (FRESH, HELDOUT):
    report = winner.reports.get(name)
    found[f"{name}_value"] = report.value if report else None
    found[f"{name}_skill"] = report.mean_skill if report else None
  return found


def print_findings(search: Search, found: Verification, best: Path) -> None:
  """Prints the table of finalists, the gains, and the file of the winner."""
  winner, program = found.winner, found.program
  if winner is None or winner.choice is None or program is None:
    console.say("nothing found: no candidate could be evaluated")
    return
  seeds = len(winner.choice.value_by_seed)
  drawn = bool(winner.choice.families)
  headings = {FRESH: "fresh (95% CI)", HELDOUT: "held-out (95% CI)"}
  reporting = finalists.reporting(found.suites)
  print_table(
    f"Best of {search.committed} candidates (the work of {search.spent:.0f} "
    "evaluations in full), and well-known functions: "
    f"{_places(search, found, seeds)}; 95% CI {evidence.over(drawn=drawn)}",
    [
      "function",
      "search",
      "new seeds" if reporting else "new seeds (95% CI)",
      *(headings[name] for name in reporting),
    ],
    [_row(f, reporting, is_winner=f is winner) for f in found.finalists],
  )
  if not reporting:
    console.say_prose(
      "no fresh or held-out tasks: an objective of your own has none, so that "
      "new seeds of the same objective are all that a value was verified on"
    )
  console.say(f"\nwinner, {winner.name}:\n{program.source.strip()}\n")
  for line in [] if drawn else too_few(seeds):
    console.say_prose(line)
  _print_gains(found, winner)
  console.say(f"\nthe winner is in {best}; to score it beside others:")
  console.say(
    "  python -m harness.score "
    f"--activations={shlex.quote(str(best))},gelu,relu "
    f"--workdir={shlex.quote(f'{best.parent}-best')}"
  )


def _places(search: Search, found: Verification, seeds: int) -> str:
  """The columns of values, in words."""
  suites = found.suites
  new = " and ".join(
    suites[name]
    for name in (finalists.AGAIN, finalists.FURTHER)
    if name in suites
  )
  reporting = [suites[name] for name in finalists.reporting(suites)]
  words = (
    f"in the search ({search.config.full}), with {seeds} new seeds on {new}, "
    "where the winner is chosen"
  )
  return f"{words}, and on {' and '.join(reporting)}" if reporting else words


def _print_gains(found: Verification, winner: Finalist) -> None:
  """Prints the winner's leads, with the verdicts of the report's page."""
  tests = finalists.against_rivals(winner, found.finalists, found.suites)
  if found.origin:
    console.say_prose(_gain("over generation zero", found, found.origin, tests))
  references = [f for f in found.finalists if f.is_reference]
  if references:
    best = references[0]
    console.say_prose(_gain("over the references", found, best, tests))
    console.say_prose(_overall(found, winner, references, tests))
  if tests:
    console.say_prose(
      f"verdicts at {ALPHA:.0%} and intervals are adjusted for "
      f"{len(tests)} comparisons (Holm), which harness.report shows"
    )


def _overall(
  found: Verification,
  winner: Finalist,
  references: Sequence[Finalist],
  tests: Mapping[tuple[str, str], Comparison],
) -> str:
  """A sentence on all references at once, where verdicts are made first."""
  name = next(iter(finalists.evidence_suites(found.suites)))
  others = [f for f in references if f is not winner]
  verdicts = {f.name: tests.get((f.name, name)) for f in others}
  short = [n for n, t in verdicts.items() if not t or t.verdict != "better"]
  drawn = any(t.is_drawn for t in tests.values())
  about = finalists.place(found.suites, name, drawn=drawn)
  if short:
    return f"not shown to be better on {about} than: {', '.join(short)}"
  sentence = f"better than all {len(others)} references on {about}"
  if name == finalists.AGAIN:  # An objective has no tasks for reports alone.
    sentence += "; the winner was chosen there, too, which flatters it"
  return sentence


def print_spending(spent: Totals, search: Search) -> None:
  """Prints the calls of language models, and their cost."""
  console.say_prose(f"language models: {spending(spent)}")
  if spent.cut:
    console.say_prose(
      f"{spent.cut} answers were cut before their end; a larger "
      "--llm_max_answer leaves room for them"
    )
  if search.is_out_of_budget:
    console.say_prose(
      f"the budget for them ended the search after {search.committed} "
      "candidates, before its end; a larger --max_llm_cost or "
      "--max_llm_tokens extends it with --resume"
    )


def _row(
  finalist: Finalist, reporting: Sequence[str], *, is_winner: bool
) -> list[str]:
  choice = _with_interval(finalist.choice)
  return [
    finalist.name + (" (winner)" if is_winner else ""),
    _number(finalist.search_value),
    _number(finalist.value) if reporting else choice,
    *(_with_interval(finalist.reports.get(name)) for name in reporting),
  ]


def _gain(
  what: str,
  found: Verification,
  other: Finalist,
  tests: Mapping[tuple[str, str], Comparison],
) -> str:
  """A sentence on the gain of the winner over another finalist."""
  if found.winner is other:
    return f"{what}: nothing, the winner is {other.name} itself"
  parts = []
  for name in finalists.evidence_suites(found.suites):
    test = tests.get((other.name, name))
    about = finalists.place(
      found.suites, name, drawn=bool(test and test.is_drawn)
    )
    parts.append(
      f"{test.verdict} on {about} ({test.numbers})"
      if test
      else f"not compared on {about}"
    )
  return f"{what} ({other.name}): " + "; ".join(parts)


def _with_interval(report: Report | None) -> str:
  estimate = report and report.estimate
  if not estimate:
    return "-"
  value, low, high = estimate
  return f"{value:.3f}" + (
    "" if low is None or high is None else f" ({low:.2f}-{high:.2f})"
  )


def _number(value: float | None) -> str:
  return "-" if value is None else f"{value:.3f}"
