"""A pool of worker processes, seen from the parent."""

import json
import os
import selectors
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from evolve.workers import jobs
from evolve.workers.fork_server import ForkServer
from evolve.workers.limits import Limits
from evolve.workers.running import Answer, RunningJob
from evolve.workers.setup import Setup
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Fitness, Status

__all__ = ["Answer", "WorkerPool"]


class WorkerPool:
  """Runs jobs in forked, confined processes, a fixed number at a time.

  A process that hangs or dies is killed with its whole group; other jobs never
  notice. Not thread-safe.
  """

  def __init__(
    self,
    fitnesses: Mapping[str, Fitness],
    num_workers: int,
    *,
    prepare: Sequence[tuple[str, int, Fidelity]] = (),
    limits: Limits | None = None,
  ):
    """Starts the fork server.

    Args:
      fitnesses: by the name that jobs use.
      num_workers: processes at a time.
      prepare: draws made once, before any fork: (fitness, seed, fidelity).
      limits: of every process.

    Raises:
      UserError: the server does not start.
    """
    self._limits = limits or Limits()
    self._num_workers = num_workers
    self._queue: deque[tuple[int, dict[str, Any]]] = deque()
    self._running: dict[int, RunningJob] = {}
    self._refused: list[Answer] = []  # Never handed to a worker.
    self._next_job = 0
    setup = Setup(dict(fitnesses), tuple(prepare), self._limits)
    self._server = ForkServer(setup)
    self._selector = selectors.DefaultSelector()
    self._selector.register(self._server.control, selectors.EVENT_READ)

  def __enter__(self) -> "WorkerPool":
    return self

  def __exit__(self, *unused: object) -> None:
    self.close()

  @property
  def num_open(self) -> int:
    """Jobs submitted whose answer was not yet returned by `wait`."""
    return len(self._queue) + len(self._running) + len(self._refused)

  def submit(self, job: dict[str, Any], *, urgent: bool = False) -> int:
    """Queues a job (see evolve.workers.jobs); returns its number.

    An urgent job goes before all that have not begun.
    """
    number = self._next_job
    self._next_job += 1
    if urgent:
      self._queue.appendleft((number, job))
    else:
      self._queue.append((number, job))
    self._dispatch()
    return number

  def wait(self, seconds: float = 1.0) -> list[Answer]:
    """Answers of jobs that ended; waits at most `seconds` for the first.

    Raises:
      UserError: the fork server died.
    """
    self._dispatch()
    if self._refused or not self._running:
      refused, self._refused = self._refused, []
      return refused
    deadline = time.monotonic() + seconds
    while not (ended := self._collect()):
      if time.monotonic() >= deadline:
        return []
      self._listen(deadline)
      for running in self._running.values():
        running.kill_if_overdue()
    self._dispatch()
    return ended

  def call(self, job: dict[str, Any]) -> Answer:
    """Runs one job to its end; other jobs must not be open."""
    number = self.submit(job)
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

  def _dispatch(self) -> None:
    while self._queue and len(self._running) < self._num_workers:
      number, job = self._queue.popleft()
      message = json.dumps(job | {"job": number}).encode()
      if len(message) > jobs.MAX_JOB:
        why = f"a program of {len(message)} bytes is too long"
        self._refused.append(Answer(number, Status.INVALID, why, {}, 0.0))
        continue
      ours, theirs = os.pipe()
      os.set_blocking(ours, False)
      self._server.fork(message, theirs)
      os.close(theirs)
      self._running[number] = RunningJob(number, ours, self._limits)
      self._selector.register(ours, selectors.EVENT_READ, number)

  def _listen(self, deadline: float) -> None:
    """Hears what there is to hear, at the latest when a deadline passes."""
    deadlines = [deadline, *(r.deadline for r in self._running.values())]
    remaining = max(0.0, min(deadlines) - time.monotonic())
    for key, _ in self._selector.select(remaining):
      if key.fileobj is self._server.control:
        self._hear_server()
      elif key.data in self._running:
        running = self._running[key.data]
        running.hear()
        self._unregister_if_silent(running)

  def _hear_server(self) -> None:
    for message in self._server.news():
      running = self._running[message["job"]]
      if "process" in message:
        running.begin(message["process"])
      else:
        running.end(message["exit"])
        self._unregister_if_silent(running)

  def _unregister_if_silent(self, running: RunningJob) -> None:
    registered = running.pipe in self._selector.get_map()
    if registered and not running.is_listening:
      self._selector.unregister(running.pipe)

  def _collect(self) -> list[Answer]:
    """Takes out the jobs whose process is gone."""
    ended = [r for r in self._running.values() if r.has_ended]
    for running in ended:
      del self._running[running.job]
      os.close(running.pipe)
    return [r.answer() for r in ended]
