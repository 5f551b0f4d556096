"""Do tables rank activations as exact training does?

  python -m tests.bench.table_accuracy runs/tables.jsonl

Trains the named activations and random expressions both ways at full fidelity,
an hour on two cores; goes on with a file that is there. Prints how well they
agree, as it does with a file that is not complete:

  python -m tests.bench.table_accuracy runs/tables.jsonl --show
"""

import dataclasses
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from evolve import candidates, language
from evolve.admission import tables
from evolve.admission.admission import Admission
from evolve.admission.probe import Probe, probe
from evolve.program import Program
from evolve.proposers.expression import RandomMutator
from evolve.search.config import SEARCH_FITNESS
from evolve.workers.cascade import Cascade
from evolve.workers.jobs import EvaluateJob, ProbeJob, Tabulated, TrainJob
from evolve.workers.pool import WorkerPool
from harness.core import console, records
from harness.core.fitness import Report
from tasks.lab.fitness import FULL, LabFitness

_NUM_RANDOM = 60
_CASCADE = Cascade.single(SEARCH_FITNESS, 0, FULL)
_CLOSE = 0.1  # To the best value.


def _programs() -> dict[str, Program]:
  rng = np.random.default_rng(0)
  mutator = RandomMutator()
  found = candidates.names_by_id()
  programs = dict(candidates.named())
  while len(programs) < len(candidates.named()) + _NUM_RANDOM:
    program = Program(mutator.propose([], rng))
    if program.id not in found:
      name = f"random {len(programs) - len(candidates.named())}"
      found[program.id] = name
      programs[name] = program
  return programs


def measure(path: Path) -> None:
  """Appends a record for every program that the file lacks."""
  done = {record["name"] for record in records.read_jsonl(path)}
  left = {n: p for n, p in _programs().items() if n not in done}
  fitnesses = {SEARCH_FITNESS: LabFitness()}
  prepare = [(SEARCH_FITNESS, 0, FULL)]
  with WorkerPool(fitnesses, 2, prepare=prepare, tables=True) as pool:
    names = list(left)
    for first in range(0, len(names), 2):
      began = [_begin(pool, n, left[n]) for n in names[first : first + 2]]
      while pool.num_open:
        pool.wait()
      for one in filter(None, began):
        records.append_jsonl(path, one.record())


@dataclasses.dataclass
class _Both:
  """A program in training, both ways if it has a table."""

  name: str
  program: Program
  seen: Probe
  exact: Future[list[Report]] | None = None
  by_table: Future[list[list[Report]]] | None = None

  def record(self) -> dict[str, Any]:
    record = {"name": self.name, "source": self.program.source}
    if not (self.exact and self.by_table and self.seen.table):
      return record | {"table": None}
    (exact,), ((report,),) = self.exact.result(), self.by_table.result()
    straight = tables.goes_on_straight(self.seen.table, self.seen.values)
    return record | {
      "exact": exact.value,
      "table": report.value,
      "table_scores_by_seed": report.scores_by_seed,
      "outside": report.outside,
      "sound": tables.is_sound(report, straight=straight),
    }


def _begin(pool: WorkerPool, name: str, program: Program) -> _Both | None:
  """None if its probe fails."""
  seen = pool.call(ProbeJob(program, Admission()))
  if not isinstance(seen, Probe):
    return None
  both = _Both(name, program, seen)
  if seen.table:
    both.exact = pool.submit(EvaluateJob(program, _CASCADE))
    batch = [Tabulated(program.id, seen.table)]
    both.by_table = pool.submit(TrainJob(batch, _CASCADE))
  return both


def show(path: Path) -> None:
  """Prints how well the two agree, of those that a search trains by table.

  Whether one has a table is found out anew.
  """
  found = list(records.read_jsonl(path))
  pairs = [
    (r["table"], r["exact"])
    for r in found
    if r["table"] is not None
    and r["exact"] is not None
    and r["sound"]
    and probe(language.load(r["source"]), Admission()).table
  ]
  table, exact = np.array(pairs).T
  close = exact >= exact.max() - _CLOSE
  console.say(f"{len(found)} programs, {len(pairs)} of them trained by table")
  for what, chosen in (("all", exact >= 0), (f"within {_CLOSE}", close)):
    rank = stats.spearmanr(table[chosen], exact[chosen]).statistic
    difference = np.abs(table - exact)[chosen]
    console.say(
      f"{what}: {chosen.sum()}, Spearman {rank:.4f}, largest difference "
      f"{difference.max():.4f}, median {np.median(difference):.4f}"
    )


if __name__ == "__main__":
  if "--show" not in sys.argv:
    measure(Path(sys.argv[1]))
  show(Path(sys.argv[1]))
