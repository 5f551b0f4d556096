"""The findings of searches, side by side.

python -m tests.bench.comparison results/evolved-0 results/random-0 ...
"""

import json
import sys
from pathlib import Path

from harness.core.printed_table import print_table

_COLUMNS = ("mutator", "seed", "candidates", "OK", "best in search",
            "winner on fresh seeds", "95% CI", "held-out")  # fmt: skip


def _row(directory: str) -> tuple[str, ...]:
  settings, summary = (
    json.loads((Path(directory) / name).read_text())
    for name in ("run.json", "summary.json")
  )
  settings = settings["settings"]
  best = summary["best"]
  low, high = best["value_ci95"]
  return (
    settings["mutator"],
    str(settings["seed"]),
    str(summary["evaluations"]),
    str(summary["ok"]),
    f"{best['search_value']:.3f}",
    f"{best['value']:.3f}",
    f"{low:.3f} to {high:.3f}",
    f"{best['heldout_value']:.3f}",
  )


if __name__ == "__main__":
  rows = [_row(directory) for directory in sys.argv[1:]]
  print_table("What searches found", _COLUMNS, rows)
