"""A small search with all its real parts, in this process or in one of its own.

  python -m tests.evolve.search.searching WORKDIR EVALUATIONS WORKERS

prints each committed slot, and writes the jobs it gives to workers to jobs.log.
"""

import json
import sqlite3
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from evolve.program import Program
from evolve.proposers.expression import ExpressionMutator
from evolve.proposers.mutator import MutatorProposer
from evolve.proposers.proposer import Proposer
from evolve.search.config import SEARCH_FITNESS, SearchConfig
from evolve.search.database import Database, Row
from evolve.search.racing import Races
from evolve.search.search import Search
from evolve.workers.confinement.limits import Limits
from evolve.workers.jobs import (
  Answer,
  EvaluateJob,
  Job,
  ProbeJob,
  TrainJob,
  encode,
)
from evolve.workers.pool import WorkerPool
from harness.core.fitness import Fidelity
from harness.core.workdir import Workdir
from tests.evolve.fitnesses import RandomFeatures

# Long enough that no machine is too busy for a TIMEOUT.
_LIMITS = Limits(probe_seconds=300, screen_seconds=300, full_seconds=300)


# Where seeds differ only; searches of tests have none unless they say so.
RACES = Races(num_draws=2, num_anchors=6, num_best=3)

# Tables of searches: for each slot its number, the ids of program and parents,
# status, value, screen value, and the program that it repeats.
RECORDED = json.loads(
  (Path(__file__).parent / "golden" / "tables.json").read_text()
)


def _program(body: str) -> Program:
  return Program(f"def activation(x):\n  return {body}\n")


RELU = _program("jnp.maximum(x, 0)")
SILU = _program("x * jax.nn.sigmoid(x)")
# Every way to end but TIMEOUT, and two kinds of duplicates.
GENERATION_ZERO = (
  RELU,
  _program("jnp.tanh(x)"),
  SILU,
  _program("jax.nn.silu(x)"),
  Program("def activation(z):  # The third.\n return z*(jax.nn.sigmoid(z))"),
  _program("x.__class__"),
  _program("jnp.log(-1 - x * x)"),
  _program("jnp.sin(x) + 0.5 * x"),
  _program("jnp.roll(x, 1, axis=99)"),
  _program("jnp.sin(x[..., None] * jnp.arange(500.0)).sum(-1)"),
  _program("x.__class__"),
)


def config(evaluations: int) -> SearchConfig:
  return SearchConfig(
    seed=5,
    evaluations=evaluations,
    full=Fidelity(24, 2),
    screen=Fidelity(8, 1),
    screen_after=4,
    lag=5,
    num_islands=2,
    migration_interval=3,
  )


class RecordingPool(WorkerPool):
  """Also keeps the jobs that it is given, in memory or in a file.

  It remembers the answers of processes that it forked, and forks none for a job
  that it did before: searches of tests begin with the same candidates.

  Attributes:
    jobs: the kind of each, and the id of its program.
  """

  def __init__(self, num_workers: int, log: Path | None = None):
    super().__init__(
      dict.fromkeys((SEARCH_FITNESS, *RACES.fitnesses), RandomFeatures()),
      num_workers,
      limits=_LIMITS,
      tables=True,
    )
    self.jobs: list[tuple[str, str]] = []
    self._answers: dict[str, Answer] = {}  # By encoded job.
    self._log = log and open(log, "a")  # noqa: SIM115

  def __enter__(self) -> "RecordingPool":
    return self

  def submit(self, job: Job[Any], *, urgent: bool = False) -> Future[Any]:
    if isinstance(job, ProbeJob | EvaluateJob):
      self._record(job.name, job.program.id)
    elif isinstance(job, TrainJob):
      for candidate in job.batch:
        self._record(job.name, candidate.program_id)
    return super().submit(job, urgent=urgent)

  def _fork(self, number: int, job: Job[Any]) -> None:
    if answer := self._answers.get(_encoded(job)):
      self._ended.append((number, answer))
    else:
      super()._fork(number, job)

  def _set_result(self, number: int, answer: Answer) -> Future[Any]:
    job = self._open[number].job
    if isinstance(job, ProbeJob | EvaluateJob):
      self._answers[_encoded(job)] = answer
    return super()._set_result(number, answer)

  def _record(self, kind: str, program_id: str) -> None:
    self.jobs.append((kind, program_id))
    if self._log:
      print(kind, program_id, file=self._log, flush=True)


def _encoded(job: Job[Any]) -> str:
  return json.dumps(encode(job).body)


def make(
  directory: Path,
  pool: WorkerPool,
  settings: SearchConfig,
  proposer: Proposer | None = None,
  generation_zero: Sequence[Program] = GENERATION_ZERO,
) -> Search:
  """A search by the expression mutator, or by another proposer."""
  return Search(
    settings,
    generation_zero,
    proposer or MutatorProposer(ExpressionMutator()),
    pool,
    Database(directory / "programs.sqlite"),
  )


def table(directory: Path) -> list[tuple[Any, ...]]:
  """All that a run recorded but the wall times, by slot."""
  path = directory / "programs.sqlite"
  connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
  try:
    rows = connection.execute(
      "SELECT slot, id, parents, status, value, source, report, traits "
      "FROM programs ORDER BY slot"
    ).fetchall()
  finally:
    connection.close()
  return [(*row[:6], _timeless(row[6]), row[7]) for row in rows]


def check_recorded(name: str, directory: Path) -> None:
  """Compares the table of a run with a recorded one."""
  found = [
    (
      *row[:2],
      json.loads(row[2]),
      *row[3:5],
      row[6]["screen_value"],
      row[6]["same_as"],
    )
    for row in table(directory)
  ]
  assert len(found) == len(RECORDED[name])
  for row, expected in zip(found, RECORDED[name], strict=True):
    # Processors differ in the last bits of what they compute.
    numbers = [pytest.approx(v, abs=1e-3) if v else v for v in expected[4:6]]
    assert row == (*expected[:4], *numbers, expected[6])


def _timeless(report: str) -> dict[str, Any]:
  return {k: v for k, v in json.loads(report).items() if k != "seconds"}


def main() -> None:
  directory, evaluations, workers = Path(sys.argv[1]), *map(int, sys.argv[2:])
  claimed = Workdir(str(directory), resume=True)
  with RecordingPool(workers, claimed.path / "jobs.log") as pool:
    search = make(directory, pool, config(evaluations))

    def tell(row: Row, is_new: bool) -> None:
      print(row.slot, "new" if is_new else "recorded", flush=True)

    search.run(tell)
  print("finished", flush=True)


if __name__ == "__main__":
  main()
