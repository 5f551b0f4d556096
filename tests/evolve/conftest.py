"""Worker pools that the tests of a process share: a start takes seconds."""

from collections.abc import Callable, Iterator

import pytest

from evolve.workers.pool import WorkerPool
from tests.evolve.fitnesses import RandomFeatures
from tests.evolve.search.searching import RecordingPool

Pools = Callable[[int], RecordingPool]


@pytest.fixture(scope="session")
def pool() -> Iterator[WorkerPool]:
  """Two workers for one fitness, for tests that need no more."""
  with WorkerPool({"small": RandomFeatures()}, 2) as workers:
    yield workers


@pytest.fixture(scope="session")
def pools() -> Iterator[Pools]:
  """A pool for each number of workers, without jobs and records of jobs."""
  made: dict[int, RecordingPool] = {}

  def pool(num_workers: int) -> RecordingPool:
    if num_workers not in made:
      made[num_workers] = RecordingPool(num_workers)
    found = made[num_workers]
    while found.num_open:  # Of a search that ended by an error.
      found.wait()
    found.jobs = []
    return found

  yield pool
  for one in made.values():
    one.close()
