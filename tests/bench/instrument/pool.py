"""The reference functions that judge the instrument, in two halves.

  python -m tests.bench.instrument.pool RUN...

Writes results/instrument/pool.jsonl from the named activations, the random
expressions of results/tables.jsonl, the winners in results/, and the candidates
of the runs of harness.search that are given. Functions that a table can't stand
for are left out, and so is what hardly differs from one before. The first half
decides on the score (`choice`), the second confirms (`confirmation`).
"""

import dataclasses
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from evolve import candidates
from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.workers.jobs import ProbeJob
from evolve.workers.pool import WorkerPool
from harness.core import console, records
from harness.core.table import GRID, Table

DIRECTORY = Path("results/instrument")
PATH = DIRECTORY / "pool.jsonl"
HALVES = ("choice", "confirmation")

_NUM_BETTER, _NUM_OTHERS = 96, 60
# Twins differ by less, as a share of the spread where pre-activations are.
_TWIN = 0.02
_WEIGHTS = np.exp(-((GRID / 2) ** 2) / 2)


@dataclasses.dataclass(frozen=True)
class Function:
  """A reference function.

  Attributes:
    name: unique in the pool.
    source: its program.
    value: that its origin gave it, by which it was chosen; None for named ones
      and winners, which are all in.
    half: one of HALVES.
  """

  name: str
  source: str
  value: float | None = None
  half: str = ""


def load(half: str | None = None) -> list[Function]:
  """The pool, or a half of it."""
  functions = [Function(**record) for record in records.read_jsonl(PATH)]
  return [f for f in functions if half in (None, f.half)]


def probes(functions: Sequence[Function]) -> Iterator[tuple[Function, Probe]]:
  """The functions that are admitted, with their curves."""
  with WorkerPool({}, 2) as pool:
    for function in functions:
      seen = pool.call(ProbeJob(Program(function.source), Admission()))
      if isinstance(seen, Probe):
        yield function, seen


def build(runs: Sequence[Path]) -> list[Function]:
  """The pool; see the module's docstring."""
  relu, offered = _offered(runs)
  chosen: list[Function] = []
  curves: list[np.ndarray] = []
  places = {"certain": 1000, "better": _NUM_BETTER, "others": _NUM_OTHERS}
  for function, seen in probes(offered):
    kind = "certain"
    if function.value is not None:
      kind = "better" if function.value > relu else "others"
    if not seen.table or not places[kind]:
      continue
    curve = _curve(seen.table)
    if all(_distance(curve, other) > _TWIN for other in curves):
      places[kind] -= 1
      chosen.append(function)
      curves.append(curve)
  order = np.random.default_rng(0).permutation(len(chosen))
  return [
    dataclasses.replace(chosen[i], half=HALVES[k % 2])
    for k, i in enumerate(order)
  ]


def _offered(runs: Sequence[Path]) -> tuple[float, list[Function]]:
  """The value of relu, and all functions, those that are certain first."""
  named = [Function(n, p.source) for n, p in candidates.named().items()]
  winners = [
    Function(f"winner of {path.parent.name}", path.read_text())
    for path in sorted(Path("results").glob("search-*/**/best.py"))
  ]
  rows = list(records.read_jsonl(Path("results/tables.jsonl")))
  relu = next(row["table"] for row in rows if row["name"] == "relu")
  random = [
    Function(row["name"], row["source"], row["table"])
    for row in rows
    if row["table"] is not None
  ]
  found = [function for run in runs for function in _candidates(run)]
  order = np.random.default_rng(1).permutation(len(random) + len(found))
  shuffled = [(random + found)[i] for i in order]
  return relu, named + winners + shuffled


def _candidates(run: Path) -> list[Function]:
  with sqlite3.connect(
    f"file:{run}/programs.sqlite?mode=ro", uri=True
  ) as found:
    rows = found.execute(
      "SELECT slot, source, value FROM programs WHERE status = 'OK'"
    ).fetchall()
  return [
    Function(f"slot {slot} of {run.name}", source, value)
    for slot, source, value in rows
  ]


def _curve(table: Table) -> np.ndarray:
  """The values, of mean 0 and spread 1 under typical pre-activations."""
  values = np.asarray(table.values, np.float64)
  values = values - np.average(values, weights=_WEIGHTS)
  return values / np.sqrt(np.average(values**2, weights=_WEIGHTS))


def _distance(a: np.ndarray, b: np.ndarray) -> float:
  """The smaller distance of a curve to another one, or to its negative."""
  return float(
    min(
      np.sqrt(np.average((a - s * b) ** 2, weights=_WEIGHTS)) for s in (1, -1)
    )
  )


if __name__ == "__main__":
  pool = build([Path(run) for run in sys.argv[1:]])
  PATH.parent.mkdir(parents=True, exist_ok=True)
  PATH.unlink(missing_ok=True)
  for function in pool:
    records.append_jsonl(PATH, dataclasses.asdict(function))
  console.say(f"{len(pool)} functions in {PATH}")
