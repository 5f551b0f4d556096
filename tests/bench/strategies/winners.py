"""Winners of the finished searches, and their leads over one function.

  python -m tests.bench.strategies.winners

The first value is the one that a search chose by, the others are of fresh and
of held-out tasks. Leads have intervals that are adjusted for all comparisons of
a run, as in the lines at the end of a search.
"""

import json
from pathlib import Path

from harness.core.evidence import Estimate
from harness.core.printed_table import print_table
from harness.reporting.runs import directory, reading
from harness.reporting.sections import verification
from tests.bench.strategies import KEPT

_RIVAL = "hard_swish"


def row(path: Path) -> list[str]:
  """The cells of a run."""
  (run,) = reading.read(directory.read_all([str(path)])).searches
  best = json.loads((path / "summary.json").read_text())["best"]
  leads = {
    test.tasks.partition("@")[0]: test.comparison.difference.estimate
    for test in verification.against_rivals(run, 0)
    if test.subject == _RIVAL
  }
  return [
    path.name,
    f"{run.directory.settings['budget']:g}",
    *(
      f"{best[f'{name}_value']:.3f}" for name in ("search", "fresh", "heldout")
    ),
    *(_text(leads.get(name)) for name in ("fresh", "heldout")),
  ]


def _text(lead: Estimate | None) -> str:
  if lead is None:
    return "-"  # The winner is that function.
  return f"{lead.value:+.3f} ({lead.low:.3f} to {lead.high:.3f})"


def main() -> None:
  paths = sorted(path.parent for path in KEPT.glob("*/summary.json"))
  print_table(
    f"Winners, and their leads over {_RIVAL} (95% intervals, adjusted)",
    ("run", "budget", "search", "fresh", "held-out", "lead", "held-out lead"),
    [row(path) for path in paths],
  )


if __name__ == "__main__":
  main()
