"""The workers of one node of a cluster, fed from afar."""

import contextlib
import os
import queue
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

from evolve.workers.confinement.limits import Limits
from evolve.workers.jobs import Description, Job
from evolve.workers.pool import WorkerPool
from harness.core.fitness import Fidelity, Fitness


class NodeSetup(NamedTuple):
  """The workers of a node, as they are to be; see WorkerPool."""

  fitnesses: Mapping[str, Fitness]
  num_workers: int
  prepare: Sequence[tuple[str, int, Fidelity]]
  limits: Limits
  tables: bool


class Ended(NamedTuple):
  """The end of a job.

  Attributes:
    number: of the job.
    result: of it.
    error: that its result raises; None if it has one.
  """

  number: int
  result: Any
  error: Exception | None


class Results(NamedTuple):
  """Jobs that have ended, and the programs compiled since the last ones."""

  ended: list[Ended]
  compilations: Counter[str]


class NodeWorkers:
  """A pool of workers, whose jobs come and whose results go by calls.

  `results` waits while `submit` is called: at least two calls at a time. The
  pool is one thread's, which lives as long as this process: the fork server
  ends with the thread that started it.
  """

  def __init__(self, setup: NodeSetup):
    self._setup = setup
    self._jobs: queue.SimpleQueue[tuple[int, Job[Any], bool]] = (
      queue.SimpleQueue()
    )
    self._said: queue.SimpleQueue[Any] = queue.SimpleQueue()
    self._wake, self._alarm = os.pipe()
    self._closes = False
    self._thread = threading.Thread(target=self._run, daemon=True)

  def start(self) -> Description:
    """Starts the workers, and waits until they can work.

    Raises:
      UserError: they don't start.
    """
    self._thread.start()
    description: Description = self._heard()
    return description

  def submit(self, number: int, job: Job[Any], urgent: bool) -> None:
    """Queues a job."""
    self._jobs.put((number, job, urgent))
    os.write(self._alarm, b".")

  def results(self) -> Results:
    """Waits for jobs that end.

    Raises:
      UserError: the workers can't go on.
    """
    results: Results = self._heard()
    return results

  def close(self) -> None:
    """Ends the workers."""
    self._closes = True
    os.write(self._alarm, b".")
    self._thread.join()

  def _heard(self) -> Any:
    said = self._said.get()
    if isinstance(said, Exception):
      raise said
    return said

  def _run(self) -> None:
    setup = self._setup
    try:
      with WorkerPool(
        setup.fitnesses,
        setup.num_workers,
        prepare=setup.prepare,
        limits=setup.limits,
        tables=setup.tables,
      ) as pool:
        self._said.put(pool.describe())
        self._serve(pool)
    except Exception as error:
      self._said.put(error)

  def _serve(self, pool: WorkerPool) -> None:
    """Does jobs until it is told to close."""
    numbers: dict[Future[Any], int] = {}
    while not self._closes:
      with contextlib.suppress(queue.Empty):
        while True:
          number, job, urgent = self._jobs.get_nowait()
          numbers[pool.submit(job, urgent=urgent)] = number
      before = pool.compilations.copy()
      if futures := pool.wait(wake=self._wake):
        ended = [_ended(numbers.pop(future), future) for future in futures]
        self._said.put(Results(ended, pool.compilations - before))
      self._quiet()

  def _quiet(self) -> None:
    """Takes in the alarms so far; the jobs they stand for come next."""
    os.set_blocking(self._wake, False)
    with contextlib.suppress(BlockingIOError):
      while os.read(self._wake, 4096):
        pass


def _ended(number: int, future: Future[Any]) -> Ended:
  error = future.exception()
  if isinstance(error, Exception):
    return Ended(number, None, error)
  return Ended(number, future.result(), None)
