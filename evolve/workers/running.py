"""A job in a worker process, from its fork to its answer."""

import contextlib
import dataclasses
import os
import signal
import time
from typing import Any

from evolve.workers import wire
from evolve.workers.confinement.limits import Limits
from harness.core.fitness import Status

_FIRST_STAGE = "probe"
_LATER_STAGES = ("screen", "full")


@dataclasses.dataclass(frozen=True)
class Answer:
  """How a job ended.

  Attributes:
    job: the number that `WorkerPool.submit` gave.
    status: OK, or how the candidate failed.
    feedback: a sentence on a failure.
    body: the worker's last message; empty if it sent none.
    blob: the bytes that came with it.
    seconds: wall time from fork to end.
  """

  job: int
  status: Status
  feedback: str
  body: dict[str, Any]
  seconds: float
  blob: bytes = b""


class RunningJob:
  """A job in a process.

  Attributes:
    job: its number.
    pipe: descriptor from which its messages are read.
    deadline: when its stage has to be over, on the monotonic clock.
    is_listening: whether more may come from the pipe.
    has_ended: whether the process is gone.
  """

  def __init__(self, job: int, pipe: int, limits: Limits):
    self.job = job
    self.pipe = pipe
    self.deadline = 0.0
    self.is_listening = True
    self._limits = limits
    self._reader = wire.Reader()
    self._started = time.monotonic()
    self._process: int | None = None
    self._exit_status: int | None = None
    self._last = wire.Message({})
    self._failure: tuple[Status, str] | None = None
    self._stages: list[str] = []
    self._enter(_FIRST_STAGE)

  @property
  def has_ended(self) -> bool:
    return self._exit_status is not None

  def begin(self, process: int) -> None:
    """Its process is known."""
    self._process = process
    if self._failure:  # Its time ran out before it was forked.
      self.kill()

  def end(self, exit_status: int) -> None:
    """Its process is gone; takes what is left in the pipe."""
    self._exit_status = exit_status
    self.hear()
    self.is_listening = False

  def hear(self) -> None:
    """Takes what is in the pipe, which is never more than one read."""
    if not self.is_listening:
      return
    try:
      data = os.read(self.pipe, 1 << 20)
    except BlockingIOError:
      return
    if not data:
      self.is_listening = False
      return
    try:
      for message in self._reader.feed(data):
        self._take(message)
    except wire.BadMessageError as error:
      self._failure = (Status.CRASHED, f"sends garbage: {error}")
      self.kill()

  def kill_if_overdue(self) -> None:
    if time.monotonic() > self.deadline and self._failure is None:
      stage = self._stages[-1]
      seconds = self._limits.wall_seconds(stage)
      reason = f"took longer than {seconds:g} s at stage {stage!r}"
      self._failure = (Status.TIMEOUT, reason)
      self.kill()

  def kill(self) -> None:
    """Kills the process with its whole group, if it runs."""
    if self._process is None or self.has_ended:
      return
    for kill in (os.killpg, os.kill):
      with contextlib.suppress(ProcessLookupError, PermissionError):
        kill(self._process, signal.SIGKILL)

  def answer(self) -> Answer:
    """What came of it; only once it has ended."""
    failure = self._failure or self._other_failure()
    seconds = time.monotonic() - self._started
    if failure:
      return Answer(self.job, *failure, {}, seconds)
    body, blob = self._last
    status = Status(body.get("status", Status.OK))
    feedback = str(body.get("feedback", ""))[:1000]
    return Answer(self.job, status, feedback, body, seconds, blob)

  def _enter(self, stage: str) -> None:
    self._stages.append(stage)
    self.deadline = time.monotonic() + self._limits.wall_seconds(stage)

  def _take(self, message: wire.Message) -> None:
    stage = message.body.get("stage")
    if stage is None:
      self._last = message
    elif stage in _LATER_STAGES and stage not in self._stages:
      self._enter(stage)

  def _other_failure(self) -> tuple[Status, str] | None:
    if not self._last.body:
      return _death(self._exit_status or 0)
    if self._last.body.get("status", Status.OK) not in list(Status):
      return Status.CRASHED, "sends an answer without a status"
    return None


def _death(exit_status: int) -> tuple[Status, str]:
  """What the exit status of a process that sent no answer means."""
  if exit_status == -signal.SIGXCPU:
    return Status.TIMEOUT, "used more processor time than allowed"
  if exit_status < 0:
    name = signal.strsignal(-exit_status) or f"signal {-exit_status}"
    return Status.CRASHED, f"its process was ended by a signal: {name}"
  return Status.CRASHED, f"its process ended with status {exit_status}"
