"""The search's own cost per candidate, without that of training.

A search goes on from a large population, with a pool that answers at once:
with probes of new functions, and random reports. Encoding those is a worker's
work and done beforehand; decoding them is the search's and counts.
"""

import contextlib
import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast
from unittest import mock

import numpy as np

from evolve import candidates, program
from evolve.admission.duplicates import FunctionIndex
from evolve.admission.probe import Probe
from evolve.admission.traits import Traits
from evolve.program import Program
from evolve.proposers.expression import ExpressionMutator, mutators
from evolve.proposers.mutator import MutatorProposer
from evolve.search.archive import Archive
from evolve.search.config import SearchConfig
from evolve.search.database import Database, Row
from evolve.search.search import Search
from evolve.workers import jobs, wire
from evolve.workers.jobs import Answer, Job, ProbeJob, TrainJob
from evolve.workers.pool import WorkerPool
from harness.core import console
from harness.core.fitness import Report, Status
from harness.core.printed_table import print_table
from tasks.lab.fitness import FULL, screen_for
from tests.bench import population

_NUM_REPORTS = 64
# Of the new candidates, one in so many is a function that was there before.
_REPEATED = 12


@dataclasses.dataclass(frozen=True)
class OverheadConfig:
  """Attributes: sizes of the population, and candidates timed at each."""

  populations: tuple[int, ...] = (1_000, 100_000, 1_000)
  candidates: int = 500


class InstantPool:
  """Answers like a WorkerPool, without work."""

  def __init__(self, count: int, probes: Sequence[Probe]):
    """Makes the answers for `count` candidates, from probes to be mixed."""
    rng = np.random.default_rng(2)
    self._probes: list[bytes] = []
    for number in range(2 * count):
      if number % _REPEATED == _REPEATED - 1:
        self._probes.append(self._probes[-1])
        continue
      first, second = rng.integers(len(probes), size=2)
      mixed = population.mixture(probes[first], probes[second], rng)
      body, blob = mixed.to_message()
      self._probes.append(_encoded(Status.OK, blob, probe=body))
    # Of the screen, and of full fidelity.
    self._reports = [
      [population.random_report(s, rng) for s in (Status.SCREENED, Status.OK)]
      for _ in range(_NUM_REPORTS)
    ]
    self._encoded = [
      {n: _encoded(Status.OK, batch=[_records(pair[:n])]) for n in (1, 2)}
      for pair in self._reports
    ]
    self._num_jobs = 0
    self._num_probes = 0
    self._ended: list[tuple[Job[Any], Future[Any], bytes]] = []

  @property
  def num_open(self) -> int:
    return len(self._ended)

  def submit(self, job: Job[Any], *, urgent: bool = False) -> Future[Any]:
    del urgent
    wire.encode(*jobs.encode(job))  # As it goes to a worker.
    self._num_jobs += 1
    future: Future[Any] = Future()
    self._ended.append((job, future, self._answer(job)))
    return future

  def wait(
    self, seconds: float = 1.0, *, wake: int | None = None
  ) -> list[Future[Any]]:
    del seconds, wake
    ended, self._ended = self._ended, []
    for job, future, answer in ended:
      (message,) = wire.Reader().feed(answer)
      future.set_result(job.result(Answer.of(message, 1.0)))
    return [future for _, future, _ in ended]

  def drop_queued(self) -> None:
    """Nothing waits."""

  def _answer(self, job: Job[Any]) -> bytes:
    if isinstance(job, ProbeJob):
      self._num_probes += 1
      return self._probes[self._num_probes - 1]
    assert isinstance(job, TrainJob)
    index = self._num_jobs % _NUM_REPORTS
    ((_, _, entry),) = job.batch
    screen, _ = self._reports[index]
    is_stopped = entry.first == 0 and entry.stops(0, _ok(screen).value)
    return self._encoded[index][1 if is_stopped or entry.first else 2]


def _ok(report: Report) -> Report:
  return dataclasses.replace(report, status=Status.OK)


def _records(reports: Sequence[Report]) -> list[dict[str, Any]]:
  """Reports as a trainer sends them, which stops nothing by itself."""
  return [_ok(report).to_json() for report in reports]


def _encoded(status: Status, blob: bytes = b"", **body: Any) -> bytes:
  return wire.encode({"status": status, "feedback": "", **body}, blob)


class Stopwatch:
  """Adds up wall time by stage, and calls."""

  def __init__(self) -> None:
    self.seconds: dict[str, float] = {}

  def timed(self, stage: str, function: Callable[..., Any]) -> Any:
    """The function, its time added to that of the stage."""

    def call(*args: Any, **kwargs: Any) -> Any:
      start = time.perf_counter()
      try:
        return function(*args, **kwargs)
      finally:
        elapsed = time.perf_counter() - start
        self.seconds[stage] = self.seconds.get(stage, 0.0) + elapsed

    return call


# None of these calls another.
_STAGES: dict[str, list[tuple[Any, str]]] = {
  "propose": [(ExpressionMutator, "propose")],
  "parse, id": [(program, "normalise")],
  "dispatch": [(InstantPool, "submit"), (InstantPool, "wait")],
  "probe": [(ProbeJob, "result"), (Traits, "of")],
  "same function": [(FunctionIndex, "find"), (FunctionIndex, "add")],
  "report": [(TrainJob, "result")],
  "database": [(Database, "commit"), (Database, "report")],
  "selection": [
    (Archive, "select"), (Archive, "add"), (Archive, "coverage"),
  ],
  "threshold": [(Search, "_threshold")],
}  # fmt: skip


@contextlib.contextmanager
def _timed_stages(stopwatch: Stopwatch) -> Iterator[None]:
  with contextlib.ExitStack() as stack:
    for stage, functions in _STAGES.items():
      for owner, name in functions:
        timed = stopwatch.timed(stage, getattr(owner, name))
        stack.enter_context(mock.patch.object(owner, name, timed))
    yield


@dataclasses.dataclass(frozen=True)
class _Timing:
  """Of one population.

  Attributes:
    resume_seconds: to read the population back.
    seconds: for each new candidate.
    stages: for each new candidate, by stage.
  """

  population: int
  resume_seconds: float
  seconds: float
  stages: dict[str, float]
  statuses: dict[Status, int]


def run(
  config: OverheadConfig, programs: Sequence[Program], probes: Sequence[Probe]
) -> None:
  """Times the search at each size of the population, and prints it.

  Args:
    config: how much to time.
    programs: to make the population from.
    probes: of some functions, to make others from.
  """
  usable = [p for p in probes if p.table]
  timings = [
    _time(size, config.candidates, programs, usable)
    for size in config.populations
  ]
  _print(timings, config.candidates)


def _forget_parents() -> None:
  """Makes each timing read its parents anew, as if it were the first."""
  program._normalised.cache_clear()
  mutators._read.cache_clear()
  mutators._normalised.cache_clear()


def _time(
  size: int, count: int, programs: Sequence[Program], probes: Sequence[Probe]
) -> _Timing:
  with tempfile.TemporaryDirectory(prefix="actmine-bench-") as directory:
    path = Path(directory) / "programs.sqlite"
    Database(path).close()
    population.fill(path, size, programs, probes)
    database = Database(path)
    timing = _time_search(size, count, InstantPool(count, probes), database)
    database.close()
  return timing


def _time_search(
  size: int, count: int, pool: InstantPool, database: Database
) -> _Timing:
  searching = Search(
    SearchConfig(0, size + count, FULL, screen_for(FULL)),
    list(candidates.named().values()),
    MutatorProposer(ExpressionMutator()),
    cast(WorkerPool, pool),
    database,
  )
  _forget_parents()
  stopwatch = Stopwatch()
  begun = time.perf_counter()
  resumed = 0.0
  before = searching.statuses.copy()

  def on_commit(row: Row, is_new: bool) -> None:
    nonlocal resumed, before
    if row.slot == size - 1:
      resumed = time.perf_counter()
      before = searching.statuses.copy()
      stopwatch.seconds.clear()

  with _timed_stages(stopwatch):
    searching.run(on_commit)
  ended = time.perf_counter()
  return _Timing(
    size,
    resumed - begun,
    (ended - resumed) / count,
    {k: v / count for k, v in stopwatch.seconds.items()},
    dict(searching.statuses - before),
  )


def _print(timings: Sequence[_Timing], count: int) -> None:
  rows = [
    (
      f"{t.population:,}",
      f"{1e3 * t.seconds:.2f}",
      f"{1 / t.seconds:.0f}",
      *(f"{1e3 * t.stages.get(stage, 0.0):.2f}" for stage in _STAGES),
      f"{1e3 * (t.seconds - sum(t.stages.values())):.2f}",
      f"{t.resume_seconds:.1f}",
    )
    for t in timings
  ]
  columns = ("population", "ms/candidate", "candidates/s", *_STAGES, "rest",
             "resume s")  # fmt: skip
  print_table(
    f"The search's own time for each of {count} candidates, ms", columns, rows
  )
  for t in timings:
    found = ", ".join(f"{n} {status}" for status, n in t.statuses.items())
    console.say(f"population {t.population:,}: {found}")
  small, large = min(timings, key=_size).population, max(timings, key=_size)
  base = np.mean([t.seconds for t in timings if t.population == small])
  console.say(
    f"growth from {small:,} to {large.population:,}: "
    f"{large.seconds / base:.2f} (at most 1.5 wanted); candidates/s "
    f"{1 / large.seconds:.0f} (at least 150 wanted)"
  )


def _size(timing: _Timing) -> int:
  return timing.population
