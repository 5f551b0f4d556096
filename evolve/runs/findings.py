"""The findings of a search: best.py, summary.json, and the table at its end."""

import shlex
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
from harness.core.intervals import ends, too_few
from harness.core.printed_table import print_table


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
    "heldout_value": winner.heldout and winner.heldout.value,
    "search_value": winner.search_value,
    "source": winner.program.source,
  }


def print_findings(
  search: Search,
  found: Verification,
  fitness: Fitness,
  heldout: Fitness | None,
  best: Path,
) -> None:
  """Prints the table of finalists, the gains, and the file of the winner."""
  winner = found.winner
  if winner is None:
    console.say("nothing found: no candidate could be evaluated")
    return
  finalists = _unique([*found.found, found.origin, *found.references])
  finalists.sort(key=lambda f: -(f.fresh.value or 0.0))
  seeds = len(winner.fresh.value_by_seed)
  columns = ["function", "search", "fresh", "95% CI"]
  places = f"on {seeds} fresh seeds of {fitness.suite}"
  if heldout:
    columns += ["held-out", "95% CI"]
    places += f" and on {heldout.suite}"
  print_table(
    f"Best of {search.committed} candidates, and well-known functions: in the "
    f"search ({search.config.full}), {places}; 95% CI over seeds (Student's t)",
    columns,
    [_row(f, is_winner=f is winner) for f in finalists],
  )
  if not heldout:
    console.say_prose(
      "no held-out tasks: an objective of your own has none, so that the fresh "
      "seeds of the same objective are all that a value was verified on"
    )
  console.say(f"\nwinner, {winner.name}:\n{winner.program.source.strip()}\n")
  for line in too_few(seeds):
    console.say_prose(line)
  if found.origin:
    console.say_prose(_gain("over generation zero", winner, found.origin))
  known = set(activations.names())
  named = next(f for f in finalists if f.name in known)
  console.say_prose(_gain("over the named activations", winner, named))
  console.say(f"\nthe winner is in {best}; to score it beside others:")
  console.say(
    "  python -m harness.score "
    f"--activations={shlex.quote(str(best))},gelu,relu "
    f"--workdir={shlex.quote(f'{best.parent}-best')}"
  )


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
      f"the budget for them ended the search after {search.committed} of "
      f"{search.config.evaluations} candidates; a larger --max_llm_cost or "
      "--max_llm_tokens extends it with --resume"
    )


def _unique(finalists: Sequence[Finalist | None]) -> list[Finalist]:
  return list({f.program.id: f for f in reversed(finalists) if f}.values())


def _row(finalist: Finalist, *, is_winner: bool) -> list[str]:
  row = [
    finalist.name + (" (winner)" if is_winner else ""),
    _number(finalist.search_value),
  ]
  for report in _reports(finalist):
    row += [_number(report.value), ends(report.value_ci95)]
  return row


def _reports(finalist: Finalist) -> list[Report]:
  """On fresh seeds, and on held-out tasks if there are any."""
  return [r for r in (finalist.fresh, finalist.heldout) if r is not None]


def _gain(what: str, winner: Finalist, other: Finalist) -> str:
  """A sentence on the gain of the winner over another finalist."""
  if winner.program.id == other.program.id:
    return f"{what}: nothing, the winner is {other.name} itself"
  parts = []
  places = ("fresh seeds", "held-out tasks")
  for place, ours, theirs in zip(
    places, _reports(winner), _reports(other), strict=False
  ):
    difference = difference_ci95(ours, theirs)
    if difference is None:
      parts.append(f"no difference shown on {place}")
      continue
    mean, low, high = difference
    verdict = "no difference shown"
    if low > 0 or high < 0:
      verdict = "better" if low > 0 else "worse"
    parts.append(
      f"{mean:+.3f} ({low:+.3f} to {high:+.3f}) on {place}, {verdict}"
    )
  return f"{what} ({other.name}): " + "; ".join(parts)


def _number(value: float | None) -> str:
  return "-" if value is None else f"{value:.3f}"
