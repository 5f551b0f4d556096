"""Candidates per minute by the number of nodes and the lag, simulated.

  python -m tests.bench.cluster_growth

A real search goes on from a population, with a pool of nodes of two workers
whose trainings take simulated time: a screen and a training in full as long as
on this project's reference machine, a fifth of them more or less. Then the real
time that the driver takes for a candidate, which bounds any cluster.
"""

import dataclasses
import heapq
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

import numpy as np

from evolve import candidates
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.proposers.expression import ExpressionMutator
from evolve.proposers.mutator import MutatorProposer
from evolve.search.config import SearchConfig
from evolve.search.database import Database
from evolve.search.search import Search
from evolve.workers.contract import Pool
from evolve.workers.jobs import Job, ProbeJob
from harness.core import console
from harness.core.printed_table import print_table
from tasks.lab.fitness import FULL, screen_for
from tests.bench import population, workers
from tests.bench.overhead import InstantPool

_POPULATION = 200
_CANDIDATES = 256
_NODES = (1, 2, 4, 8, 16, 32, 64)
_LAGS = (8, 32, 128)
_WORKERS = 2  # Of a node.
_PROBE, _SCREEN, _FULL = 0.1, 2.0, 6.0  # Seconds; BUILD_NOTES.md, Speed.
_SPREAD = 0.2  # Standard deviation of their logarithm.
_CONFIG = SearchConfig(0, _POPULATION + _CANDIDATES, FULL, screen_for(FULL))
_AIM = 1000.0  # Candidates a second through the driver.


class SimulatedPool(InstantPool):
  """Answers when simulated workers would.

  Attributes:
    seconds: simulated, since it was made.
    num_workers: jobs at a time.
  """

  def __init__(self, count: int, probes: Sequence[Probe], num_workers: int):
    super().__init__(count, probes)
    self.seconds = 0.0
    self.num_workers = num_workers
    self._rng = np.random.default_rng(3)
    self._free = [0.0] * num_workers  # A heap of times.
    self._at_work: list[tuple[float, int, Any]] = []  # A heap by their end.

  @property
  def num_open(self) -> int:
    return len(self._at_work)

  def submit(self, job: Job[Any], *, urgent: bool = False) -> Future[Any]:
    future = super().submit(job, urgent=urgent)
    (ended,) = self._ended
    self._ended = []
    begins = max(self.seconds, heapq.heappop(self._free))
    ends = begins + self._seconds_of(job, ended[2])
    heapq.heappush(self._free, ends)
    heapq.heappush(self._at_work, (ends, self._num_jobs, ended))
    return future

  def wait(
    self, seconds: float = 1.0, *, wake: int | None = None
  ) -> list[Future[Any]]:
    if not self._at_work:
      return []
    self.seconds, _, ended = heapq.heappop(self._at_work)
    self._ended = [ended]
    return super().wait(seconds, wake=wake)

  def _seconds_of(self, job: Job[Any], answer: bytes) -> float:
    if isinstance(job, ProbeJob):
      return _PROBE
    # One that is stopped by its screen has one report.
    is_full = answer.count(b'"scores_by_seed"') > 1
    typical = _FULL + _SCREEN if is_full else _SCREEN
    return float(typical * np.exp(_SPREAD * self._rng.normal()))


@dataclasses.dataclass(frozen=True)
class Rate:
  """Candidates per simulated minute, and real seconds for each."""

  per_minute: float
  driver_seconds: float


def rate(
  nodes: int, lag: int, programs: Sequence[Program], probes: Sequence[Probe]
) -> Rate:
  """The rate of a search of _CANDIDATES new candidates."""
  pool = SimulatedPool(2 * _CANDIDATES, probes, nodes * _WORKERS)
  with tempfile.TemporaryDirectory(prefix="actmine-bench-") as folder:
    path = Path(folder) / "programs.sqlite"
    Database(path).close()
    population.fill(path, _POPULATION, programs, probes)
    database = Database(path)
    search = Search(
      SearchConfig(
        0, _POPULATION + _CANDIDATES, FULL, screen_for(FULL), lag=lag
      ),
      list(candidates.named().values()),
      MutatorProposer(ExpressionMutator()),
      cast(Pool, pool),
      database,
    )
    begun = 0.0

    def on_commit(row: Any, is_new: bool) -> None:
      nonlocal begun
      if row.slot == _POPULATION - 1:
        begun = time.perf_counter()

    search.run(on_commit)
    seconds = time.perf_counter() - begun
    database.close()
  return Rate(60 * _CANDIDATES / pool.seconds, seconds / _CANDIDATES)


def main() -> None:
  programs = population.evolved_programs(400)
  probes = [p for p in workers.run(programs[:40]) if p.table]
  rates = {
    (nodes, lag): rate(nodes, lag, programs, probes)
    for nodes in _NODES
    for lag in _LAGS
  }
  print_table(
    f"Candidates per minute, simulated; nodes of {_WORKERS} workers",
    ("nodes", *(f"lag {lag}" for lag in _LAGS)),
    [
      (str(nodes), *(f"{rates[nodes, lag].per_minute:.0f}" for lag in _LAGS))
      for nodes in _NODES
    ],
  )
  driver = min(found.driver_seconds for found in rates.values())
  console.say(
    f"the driver takes {1e3 * driver:.1f} ms for a candidate: "
    f"{1 / driver:.0f} a second at most (aim {_AIM:.0f})"
  )


if __name__ == "__main__":
  main()
