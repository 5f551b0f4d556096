"""A pool of worker processes, seen from the parent."""

import json
import os
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from evolve.workers import jobs
from evolve.workers.confinement.limits import Limits
from evolve.workers.running import Answer, RunningJob
from evolve.workers.server import ForkServer
from evolve.workers.setup import Setup
from evolve.workers.trainers import Trainer
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Fitness, Status

__all__ = ["Answer", "WorkerPool"]


class _Queued(NamedTuple):
  """A job that has not begun."""

  number: int
  job: dict[str, Any]
  tables: bytes


class WorkerPool:
  """Runs jobs in processes, a fixed number at a time.

  What touches a candidate's code runs in a forked, confined process of its own.
  One that hangs or dies is killed with its whole group; other jobs never
  notice. Tables, which are only numbers, are trained by processes that stay.
  Not thread-safe.

  Attributes:
    compilations: how many programs XLA has compiled, by kind of job.
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
    self._num_workers = num_workers
    self._queue: deque[_Queued] = deque()
    self._running: dict[int, RunningJob] = {}
    self._ended: list[Answer] = []
    self._next_job = 0
    self._kinds: dict[int, str] = {}  # Of the open jobs.
    self.compilations: Counter[str] = Counter()
    self._trainers: list[Trainer] = []
    setup = Setup(dict(fitnesses), tuple(prepare), self._limits)
    self._server = ForkServer(setup)
    self._selector = selectors.DefaultSelector()
    self._selector.register(self._server.control, selectors.EVENT_READ)
    self._training: set[int] = set()
    for _ in range(num_workers if tables else 0):
      self._start_trainer()

  def __enter__(self) -> "WorkerPool":
    return self

  def __exit__(self, *unused: object) -> None:
    self.close()

  @property
  def num_open(self) -> int:
    """Jobs submitted whose answer was not yet returned by `wait`."""
    return len(self._kinds)

  def submit(
    self, job: dict[str, Any], tables: bytes = b"", *, urgent: bool = False
  ) -> int:
    """Queues a job; returns its number.

    Args:
      job: see evolve.workers.jobs, or evolve.workers.trainer for a "train".
      tables: of a "train" job.
      urgent: whether it goes before all that have not begun.
    """
    number = self._next_job
    self._next_job += 1
    self._kinds[number] = job["kind"]
    queued = _Queued(number, job, tables)
    if urgent:
      self._queue.appendleft(queued)
    else:
      self._queue.append(queued)
    self._dispatch()
    return number

  def wait(
    self, seconds: float = 1.0, *, wake: int | None = None
  ) -> list[Answer]:
    """Answers of jobs that ended; waits at most `seconds` for the first.

    Args:
      seconds: to wait at most, if a job is open.
      wake: a file descriptor that ends the waiting, even that for no job, when
        it becomes readable.

    Raises:
      UserError: the fork server or a trainer died.
    """
    deadline = time.monotonic() + seconds
    self._dispatch()
    while not (ended := self._collect()) and (self._kinds or wake is not None):
      if time.monotonic() >= deadline or self._listen(deadline, wake):
        return []
      for running in self._running.values():
        running.kill_if_overdue()
      self._dispatch()  # A trainer may have become ready.
    for answer in ended:
      kind = self._kinds.pop(answer.job)
      self.compilations[kind] += _count(answer.body.get("compilations"))
    self._dispatch()
    return ended

  def call(self, job: dict[str, Any], tables: bytes = b"") -> Answer:
    """Runs one job to its end; other jobs must not be open."""
    number = self.submit(job, tables)
    while True:
      for answer in self.wait():
        if answer.job == number:
          return answer

  def describe(self) -> dict[str, Any]:
    """The workers' devices, and the limits that were applied to them."""
    answer = self.call({"kind": "describe"})
    if "devices" not in answer.body:
      raise UserError(f"a worker does not start: {answer.feedback}")
    return answer.body

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
    ours, theirs = socket.socketpair()
    self._server.fork(b'{"kind": "trainer", "job": null}', theirs.fileno())
    theirs.close()
    trainer = Trainer(ours)
    self._trainers.append(trainer)
    self._selector.register(ours, selectors.EVENT_READ, trainer)

  def _dispatch(self) -> None:
    while len(self._running) + len(self._training) < self._num_workers:
      idle = [t for t in self._trainers if t.is_idle]
      startable = (q for q in self._queue if idle or q.job["kind"] != "train")
      queued = next(startable, None)
      if queued is None:
        return
      self._queue.remove(queued)
      if queued.job["kind"] == "train":
        self._training.add(queued.number)
        idle[0].begin(*queued)
      else:
        self._fork(queued.number, queued.job)

  def _fork(self, number: int, job: dict[str, Any]) -> None:
    message = json.dumps(job | {"job": number}).encode()
    if len(message) > jobs.MAX_JOB:
      why = f"a program of {len(message)} bytes is too long"
      self._ended.append(Answer(number, Status.INVALID, why, {}, 0.0))
      return
    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    self._server.fork(message, theirs)
    os.close(theirs)
    self._running[number] = RunningJob(number, ours, self._limits)
    self._selector.register(ours, selectors.EVENT_READ, number)

  def _listen(self, deadline: float, wake: int | None) -> bool:
    """Hears what there is to hear, at the latest when a deadline passes.

    Returns:
      Whether `wake` is readable.
    """
    if wake is not None and wake not in self._selector.get_map():
      self._selector.register(wake, selectors.EVENT_READ)
    is_woken = False
    deadlines = [deadline, *(r.deadline for r in self._running.values())]
    remaining = max(0.0, min(deadlines) - time.monotonic())
    for key, _ in self._selector.select(remaining):
      if key.fd == wake:
        is_woken = True
      elif key.fileobj is self._server.control:
        self._hear_server()
      elif isinstance(key.data, Trainer):
        self._hear_trainer(key.data)
      elif key.data in self._running:
        running = self._running[key.data]
        running.hear()
        self._unregister_if_silent(running)
    return is_woken

  def _hear_server(self) -> None:
    for message in self._server.news():
      if message["job"] is None:
        continue  # A trainer, which is heard on its own socket.
      running = self._running[message["job"]]
      if "process" in message:
        running.begin(message["process"])
      else:
        running.end(message["exit"])
        self._unregister_if_silent(running)

  def _hear_trainer(self, trainer: Trainer) -> None:
    if answer := trainer.hear():
      self._training.remove(answer.job)
      self._ended.append(answer)

  def _unregister_if_silent(self, running: RunningJob) -> None:
    registered = running.pipe in self._selector.get_map()
    if registered and not running.is_listening:
      self._selector.unregister(running.pipe)

  def _collect(self) -> list[Answer]:
    """Takes out the jobs that are trained, or whose process is gone."""
    for running in [r for r in self._running.values() if r.has_ended]:
      del self._running[running.job]
      os.close(running.pipe)
      self._ended.append(running.answer())
    ended, self._ended = self._ended, []
    return ended


def _count(number: Any) -> int:
  """What a worker counted, if that is a number."""
  return number if isinstance(number, int) else 0
