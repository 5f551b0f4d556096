"""The findings of a search: best.py, summary.json, and the table at its end."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evolve import activations
from evolve.proposers.llm.author import Author
from evolve.proposers.llm.calls import Totals
from evolve.runs.status_line import spending
from evolve.runs.verification import Finalist, Verification, difference_ci95
from evolve.search.search import Search
from evolve.translate.standalone import standalone
from evolve.workers.pool import WorkerPool
from harness.core import console, records
from harness.core.fitness import Fitness, Report, Status


def write_best(path: Path, found: Verification) -> None:
  """Writes the winner, if there is one, as a module and a candidate."""
  winner = found.winner
  if winner is None:
    return
  header = (
    f"# {winner.name}, value {_number(winner.search_value)} in the search, "
    f"{_number(winner.fresh.value)} on fresh seeds.\n"
  )
  records.write_text(path, header + standalone(winner.program.source))


def summary(
  search: Search,
  found: Verification,
  pool: WorkerPool,
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
    "ok": search.statuses[Status.OK],
    "failed": failed,
    "duplicates": search.statuses[Status.DUPLICATE],
    "tabulated": search.tabulated,
    "compilations": dict(pool.compilations),
    "best": found.winner and _best(found.winner),
    **({"llm": models} if models else {}),
    "seconds": seconds,
  }


def _best(winner: Finalist) -> dict[str, Any]:
  interval = winner.fresh.value_ci95
  return {
    "id": winner.program.id,
    "value": winner.fresh.value,
    "value_ci95": interval and list(interval),
    "heldout_value": winner.heldout.value,
    "search_value": winner.search_value,
    "source": winner.program.source,
  }


def print_findings(
  search: Search,
  found: Verification,
  fitness: Fitness,
  heldout: Fitness,
) -> None:
  """Prints the table of finalists, and the gain over known functions."""
  winner = found.winner
  if winner is None:
    console.say("nothing found: no candidate could be evaluated")
    return
  finalists = _unique([*found.found, found.origin, *found.references])
  finalists.sort(key=lambda f: -(f.fresh.value or 0.0))
  seeds = len(winner.fresh.value_by_seed)
  columns = ("function", "search", f"{fitness.suite}, {seeds} fresh seeds",
             "95% CI", heldout.suite, "95% CI")  # fmt: skip
  console.print_table(
    f"Best of {search.committed} candidates, and well-known functions "
    f"({search.config.full} in the search)",
    columns,
    [_row(f, is_winner=f is winner) for f in finalists],
  )
  console.say(f"\nwinner, {winner.name}:\n{winner.program.source.strip()}\n")
  if found.origin:
    console.say(_gain("over generation zero", winner, found.origin))
  known = set(activations.names())
  named = next(f for f in finalists if f.name in known)
  console.say(_gain("over the named activations", winner, named))


def print_spending(spent: Totals, search: Search) -> None:
  """Prints the calls of language models, and their cost."""
  console.say(f"language models: {spending(spent)}")
  if search.is_out_of_budget:
    console.say(
      f"the budget for them ended the search after {search.committed} of "
      f"{search.config.evaluations} candidates; a larger --max_llm_cost or "
      "--max_llm_tokens extends it with --resume"
    )


def _unique(finalists: Sequence[Finalist | None]) -> list[Finalist]:
  return list({f.program.id: f for f in reversed(finalists) if f}.values())


def _row(finalist: Finalist, *, is_winner: bool) -> tuple[str, ...]:
  return (
    finalist.name + (" (winner)" if is_winner else ""),
    _number(finalist.search_value),
    _number(finalist.fresh.value),
    _interval(finalist.fresh),
    _number(finalist.heldout.value),
    _interval(finalist.heldout),
  )


def _gain(what: str, winner: Finalist, other: Finalist) -> str:
  """A sentence on the gain of the winner over another finalist."""
  if winner.program.id == other.program.id:
    return f"{what}: nothing, the winner is {other.name} itself"
  parts = []
  for place, ours, theirs in (
    ("fresh seeds", winner.fresh, other.fresh),
    ("held-out tasks", winner.heldout, other.heldout),
  ):
    difference = difference_ci95(ours, theirs)
    if difference is None:
      parts.append(f"{place}: unknown")
      continue
    mean, low, high = difference
    verdict = "better" if low > 0 else "worse" if high < 0 else "no difference"
    parts.append(
      f"{mean:+.3f} ({low:+.3f} to {high:+.3f}) on {place}, {verdict}"
    )
  return f"{what} ({other.name}): " + "; ".join(parts)


def _number(value: float | None) -> str:
  return "-" if value is None else f"{value:.3f}"


def _interval(report: Report) -> str:
  if report.value_ci95 is None:
    return "-"
  low, high = report.value_ci95
  return f"{low:.3f} to {high:.3f}"
