"""A job in a forked process, from the fork to its answer."""

import contextlib
import os
import signal
import time
from collections.abc import Sequence

from evolve.workers import wire
from evolve.workers.confinement.limits import Limits
from evolve.workers.jobs import Answer
from harness.core.fitness import Status

_FIRST_STAGE = "probe"


class RunningJob:
  """A job in a process.

  Attributes:
    pipe: descriptor from which its messages are read.
    deadline: when its stage has to be over, on the monotonic clock.
    is_listening: whether more may come from the pipe.
    has_ended: whether the process is gone.
  """

  def __init__(self, pipe: int, limits: Limits, stages: Sequence[str] = ()):
    """Of a process that will write to `pipe`, and goes through the stages."""
    self.pipe = pipe
    self.deadline = 0.0
    self.is_listening = True
    self._limits = limits
    self._to_come = list(stages)
    self._reader = wire.Reader()
    self._started = time.monotonic()
    self._process: int | None = None
    self._exit_status: int | None = None
    self._last = wire.Message({})
    self._failure: tuple[Status, str] | None = None
    self._stage = _FIRST_STAGE
    self._enter(_FIRST_STAGE)

  @property
  def has_ended(self) -> bool:
    return self._exit_status is not None

  def begin(self, process: int) -> None:
    """Takes in which process does it."""
    self._process = process
    if self._failure:  # Its time ran out before it was forked.
      self.kill()

  def end(self, exit_status: int) -> None:
    """Takes in that its process is gone, and what is left in the pipe."""
    self._exit_status = exit_status
    self.read()
    self.is_listening = False

  def read(self) -> None:
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
      seconds = self._limits.wall_seconds(self._stage)
      reason = f"took longer than {seconds:g} s at stage {self._stage!r}"
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
    """The end of the job; only once its process has ended."""
    seconds = time.monotonic() - self._started
    if self._failure:
      return Answer(*self._failure, seconds)
    if not self._last.body:
      status, reason = _death(self._exit_status or 0)
      return Answer(status, reason + self._limits.shortage, seconds)
    try:
      return Answer.of(self._last, seconds)
    except ValueError:
      reason = "sends an answer without a status"
      return Answer(Status.CRASHED, reason, seconds)

  def _enter(self, stage: str) -> None:
    self._stage = stage
    self.deadline = time.monotonic() + self._limits.wall_seconds(stage)

  def _take(self, message: wire.Message) -> None:
    stage = message.body.get("stage")
    if stage is None:
      self._last = message
    elif stage in self._to_come:  # Each once, or it would have all time.
      self._to_come.remove(stage)
      self._enter(stage)


def _death(exit_status: int) -> tuple[Status, str]:
  """The failure that the exit status of a process without an answer means."""
  if exit_status == -signal.SIGXCPU:
    return Status.TIMEOUT, "used more processor time than allowed"
  if exit_status < 0:
    name = signal.strsignal(-exit_status) or f"signal {-exit_status}"
    return Status.CRASHED, f"its process was ended by a signal: {name}"
  return Status.CRASHED, f"its process ended with status {exit_status}"
