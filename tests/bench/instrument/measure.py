"""Scores reference functions on a suite, by table.

  python -m tests.bench.instrument.measure SUITE HALF [--seed=0]
    [--num_seeds=2] [--steps=400] [--workers=2]

Appends a record for each function to a file in runs/instrument, and goes on
with one that is there; when all are done, packs it into results/instrument.
"""

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

from evolve.program import Program
from evolve.search.config import SEARCH_FITNESS
from evolve.workers.cascade import Cascade
from evolve.workers.jobs import Tabulated, TrainJob
from evolve.workers.pool import WorkerPool
from harness.core import console, records
from harness.core.fitness import Fidelity
from tasks.lab.fitness import FULL, LabFitness
from tasks.lab.skill import FLOOR
from tasks.lab.suites import Suite
from tests.bench.instrument import pool as reference

_UNFINISHED = Path("runs/instrument")


def packed(name: str) -> Path:
  return reference.DIRECTORY / f"{name}.jsonl.gz"


def name_of(suite: str, half: str, seed: int, fidelity: Fidelity) -> str:
  """The stem of the file of a measurement."""
  label = Suite.of(suite).label.replace("/", "-")
  steps = f"{fidelity.steps}x{fidelity.num_seeds}"
  return f"{label}_{half}_{steps}_seed{seed}"


def read(name: str) -> list[dict[str, Any]]:
  with gzip.open(packed(name), "rt") as file:
    return [json.loads(line) for line in file]


def measure(
  suite: str, half: str, seed: int, fidelity: Fidelity, num_workers: int
) -> None:
  """See the module's docstring."""
  name = name_of(suite, half, seed, fidelity)
  unfinished = _UNFINISHED / f"{name}.jsonl"
  unfinished.parent.mkdir(parents=True, exist_ok=True)
  done = {r["function"] for r in records.read_jsonl(unfinished)}
  left = [f for f in reference.load(half) if f.name not in done]
  lab = LabFitness(Suite.of(suite))
  tables = {
    f.name: Tabulated(Program(f.source).id, seen.table)
    for f, seen in reference.probes(left)
    if seen.table
  }
  cascade = Cascade.single(SEARCH_FITNESS, seed, fidelity)
  prepare = [(SEARCH_FITNESS, seed, fidelity)]
  fitnesses = {SEARCH_FITNESS: lab}
  with (
    console.Progress() as progress,
    WorkerPool(fitnesses, num_workers, prepare=prepare, tables=True) as workers,
  ):
    waiting = {
      f: workers.submit(TrainJob([table], cascade))
      for f, table in tables.items()
    }
    while waiting:
      workers.wait()
      for function in [f for f, future in waiting.items() if future.done()]:
        ((report,),) = waiting.pop(function).result()
        rounded = {
          task: np.round(1 - FLOOR ** np.array(scores), 5).tolist()
          for task, scores in report.scores_by_seed.items()
        }
        records.append_jsonl(
          unfinished,
          {
            "function": function,
            "suite": lab.suite,
            "status": report.status,
            "scores_by_seed": rounded,  # Skills, up to 1 - FLOOR.
            "id_scores": {t: round(s, 5) for t, s in report.id_scores.items()},
            "outside": report.outside,
            "seconds": round(report.seconds, 2),
          },
        )
        progress.show(f"{name}: {len(waiting)} functions left")
  packed(name).parent.mkdir(parents=True, exist_ok=True)
  with gzip.open(packed(name), "wt") as file:
    file.write(unfinished.read_text())
  console.say(f"{packed(name)} is written")


if __name__ == "__main__":
  parser = argparse.ArgumentParser()
  parser.add_argument("suite")
  parser.add_argument("half", choices=reference.HALVES)
  parser.add_argument("--seed", type=int, default=0)
  parser.add_argument("--num_seeds", type=int, default=FULL.num_seeds)
  parser.add_argument("--steps", type=int, default=FULL.steps)
  parser.add_argument("--workers", type=int, default=2)
  flags = parser.parse_args()
  measure(
    flags.suite,
    flags.half,
    flags.seed,
    Fidelity(flags.steps, flags.num_seeds),
    flags.workers,
  )
