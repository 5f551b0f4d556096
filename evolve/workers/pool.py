"""The pool of worker processes, in the parent."""

import json
import os
import selectors
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

from evolve.workers import jobs
from evolve.workers.confinement.limits import Limits
from evolve.workers.jobs import Answer, Description, Job, TrainJob
from evolve.workers.running import RunningJob
from evolve.workers.server import ForkServer, Setup
from evolve.workers.table_trainer import TableTrainer
from harness.core.fitness import Fidelity, Fitness, Status

_Result = TypeVar("_Result")


class _Queued(NamedTuple):
  """A job that has not begun."""

  number: int
  job: Job[Any]


class _Open(NamedTuple):
  """A job without a result."""

  job: Job[Any]
  future: Future[Any]


class WorkerPool:
  """Runs jobs in processes, a fixed number at a time.

  The code of a candidate runs in a forked, confined process of its own. One
  that hangs or dies is killed with its whole group; other jobs never notice.
  Tables, which are only numbers, are trained by processes that stay. Results
  are set while `wait` is called, and at no other time. Not thread-safe.

  Attributes:
    num_workers: jobs at a time.
    compilations: programs compiled by XLA, by the name of the job.
  """

  def __init__(
    self,
    fitnesses: Mapping[str, Fitness],
    num_workers: int,
    *,
    prepare: Sequence[tuple[str, int, Fidelity]] = (),
    limits: Limits | None = None,
    tables: bool = False,
  ):
    """Starts the fork server.

    Args:
      fitnesses: by the name that jobs use.
      num_workers: processes at a time.
      prepare: draws made once, before any fork: (fitness, seed, fidelity).
      limits: of every forked process.
      tables: whether there will be tables to train.

    Raises:
      UserError: the server does not start.
    """
    self._limits = limits or Limits()
    self.num_workers = num_workers
    self._open: dict[int, _Open] = {}  # By number.
    self._queue: deque[_Queued] = deque()
    self._running: dict[int, RunningJob] = {}  # By number.
    self._training: set[int] = set()  # Numbers of jobs.
    self._ended: list[tuple[int, Answer]] = []
    self._next_number = 0
    self._trainers: list[TableTrainer] = []
    self.compilations: Counter[str] = Counter()
    self._server = ForkServer(
      Setup(dict(fitnesses), tuple(prepare), self._limits)
    )
    self._selector = selectors.DefaultSelector()
    self._selector.register(self._server.control, selectors.EVENT_READ)
    for _ in range(num_workers if tables else 0):
      self._start_trainer()

  def __enter__(self) -> "WorkerPool":
    return self

  def __exit__(self, *unused: object) -> None:
    self.close()

  @property
  def num_open(self) -> int:
    """Jobs submitted that have no result yet."""
    return len(self._open)

  def submit(
    self, job: Job[_Result], *, urgent: bool = False
  ) -> Future[_Result]:
    """Queues a job; before all that have not begun if it is urgent."""
    number = self._next_number
    self._next_number += 1
    future: Future[_Result] = Future()
    self._open[number] = _Open(job, future)
    queued = _Queued(number, job)
    if urgent:
      self._queue.appendleft(queued)
    else:
      self._queue.append(queued)
    self._dispatch()
    return future

  def wait(
    self, seconds: float = 1.0, *, wake: int | None = None
  ) -> list[Future[Any]]:
    """The futures that were given a result; waits for the first.

    Args:
      seconds: to wait at most, if a job is open.
      wake: a file descriptor that ends the waiting, even that for no job, when
        it becomes readable.

    Raises:
      UserError: the fork server or a table trainer died.
    """
    deadline = time.monotonic() + seconds
    self._dispatch()
    while not (ended := self._collect()) and (self._open or wake is not None):
      if time.monotonic() >= deadline or self._listen(deadline, wake):
        return []
      for running in self._running.values():
        running.kill_if_overdue()
      self._dispatch()  # A trainer may have become ready.
    futures = [self._set_result(*end) for end in ended]
    self._dispatch()
    return futures

  def drop_queued(self) -> None:
    """Forgets the jobs that have not begun; their futures are cancelled."""
    for number, _ in self._queue:
      self._open.pop(number).future.cancel()
    self._queue.clear()

  def call(self, job: Job[_Result]) -> _Result:
    """The result of a job, run to its end; of others too if they are open."""
    future = self.submit(job)
    while not future.done():
      self.wait()
    return future.result()

  def describe(self) -> Description:
    """The workers' devices, and the limits that were applied to them."""
    return self.call(jobs.DescribeJob())

  def close(self) -> None:
    """Kills what still runs, and the fork server."""
    for running in self._running.values():
      running.kill()
      os.close(running.pipe)
    self._running.clear()
    self._queue.clear()
    self._selector.close()
    self._server.close()
    for trainer in self._trainers:
      trainer.control.close()

  def _start_trainer(self) -> None:
    trainer = TableTrainer(self._server.fork_trainer())
    self._trainers.append(trainer)
    self._selector.register(trainer.control, selectors.EVENT_READ, trainer)

  def _dispatch(self) -> None:
    while len(self._running) + len(self._training) < self.num_workers:
      idle = [t for t in self._trainers if t.is_idle]
      startable = (
        q for q in self._queue if idle or not isinstance(q.job, TrainJob)
      )
      queued = next(startable, None)
      if queued is None:
        return
      self._queue.remove(queued)
      if isinstance(queued.job, TrainJob):
        self._training.add(queued.number)
        idle[0].begin(queued.number, queued.job)
      else:
        self._fork(*queued)

  def _fork(self, number: int, job: Job[Any]) -> None:
    packet = json.dumps(jobs.encode(job).body | {"number": number}).encode()
    if len(packet) > jobs.MAX_JOB:
      why = f"a program of {len(packet)} bytes is too long"
      self._ended.append((number, Answer(Status.INVALID, why, 0.0)))
      return
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    self._server.fork(packet, theirs)
    os.close(theirs)
    self._running[number] = RunningJob(ours, self._limits, job.stages)
    self._selector.register(ours, selectors.EVENT_READ, number)

  def _listen(self, deadline: float, wake: int | None) -> bool:
    """Takes in what processes say, at the latest when a deadline passes.

    Returns:
      Whether `wake` is readable.
    """
    is_woken = False
    deadlines = [deadline, *(r.deadline for r in self._running.values())]
    remaining = max(0.0, min(deadlines) - time.monotonic())
    if wake is not None:
      self._selector.register(wake, selectors.EVENT_READ)
    readable = self._selector.select(remaining)
    if wake is not None:
      self._selector.unregister(wake)
    for key, _ in readable:
      if key.fd == wake:
        is_woken = True
      elif key.fileobj is self._server.control:
        self._read_server()
      elif isinstance(key.data, TableTrainer):
        self._read_trainer(key.data)
      elif key.data in self._running:
        running = self._running[key.data]
        running.read()
        self._unregister_if_silent(running)
    return is_woken

  def _read_server(self) -> None:
    for message in self._server.news():
      running = self._running[message["number"]]
      if "process" in message:
        running.begin(message["process"])
      else:
        running.end(message["exit"])
        self._unregister_if_silent(running)

  def _read_trainer(self, trainer: TableTrainer) -> None:
    if answered := trainer.read():
      self._training.remove(answered[0])
      self._ended.append(answered)

  def _unregister_if_silent(self, running: RunningJob) -> None:
    registered = running.pipe in self._selector.get_map()
    if registered and not running.is_listening:
      self._selector.unregister(running.pipe)

  def _collect(self) -> list[tuple[int, Answer]]:
    """Takes out the jobs that are trained, or whose process is gone."""
    for number, running in list(self._running.items()):
      if running.has_ended:
        del self._running[number]
        os.close(running.pipe)
        self._ended.append((number, running.answer()))
    ended, self._ended = self._ended, []
    return ended

  def _set_result(self, number: int, answer: Answer) -> Future[Any]:
    job, future = self._open.pop(number)
    compiled = answer.body.get("compilations")
    self.compilations[job.name] += compiled if isinstance(compiled, int) else 0
    try:
      future.set_result(job.result(answer))
    except Exception as error:
      future.set_exception(error)
    return future
