"""A forked process that stays, trains tables, and compiles its programs once.

It runs no code of a candidate, only numbers, so it is not confined. TrainJobs
come in on its socket, and an answer to each goes back.
"""

import contextlib
import os
import socket
import time
from collections.abc import Mapping

from evolve.workers import jobs, wire
from evolve.workers.compilations import Compilations
from evolve.workers.jobs import Answer, TrainJob, Worker
from harness.core.errors import UserError
from harness.core.fitness import Fitness

_READY = {"ready": True}


class TableTrainer:
  """The parent's end; the process trains one batch at a time.

  Attributes:
    control: the socket on which answers come in.
    is_idle: whether it has started and has no job.
  """

  def __init__(self, control: socket.socket):
    self.control = control
    self.is_idle = False
    self._reader = wire.Reader()
    self._number = 0  # Of its job.
    self._begun = 0.0

  def begin(self, number: int, job: TrainJob) -> None:
    """Hands it a job."""
    self.is_idle = False
    self._number, self._begun = number, time.monotonic()
    with contextlib.suppress(BrokenPipeError):  # `read` says that it died.
      wire.send(self.control.fileno(), *jobs.encode(job))

  def read(self) -> tuple[int, Answer] | None:
    """Number and answer of its job, if complete; call when readable.

    Raises:
      UserError: it died.
    """
    data = b""
    with contextlib.suppress(ConnectionResetError):
      data = self.control.recv(1 << 20)
    if not data:
      raise _died("its process ended")
    for message in self._reader.feed(data):
      if "error" in message.body:
        raise _died(message.body["error"])
      self.is_idle = True
      if message.body != _READY:
        seconds = time.monotonic() - self._begun
        return self._number, Answer.of(message, seconds)
    return None


def _died(reason: str) -> UserError:
  return UserError(
    f"a table trainer died: {reason}; what was committed is kept, go on with "
    "--resume"
  )


def serve(fitnesses: Mapping[str, Fitness], control: int) -> None:
  """Does the jobs that come in on the socket until the parent hangs up."""
  reader = wire.Reader()
  compilations = Compilations()
  wire.send(control, _READY)
  while data := os.read(control, 1 << 20):
    for message in reader.feed(data):
      before = compilations.count
      try:
        answer = jobs.decode(message).do(Worker(fitnesses))
      except Exception as error:
        wire.send(control, {"error": f"{type(error).__name__}: {error}"})
        raise
      count = compilations.count - before
      wire.send(control, answer.body | {"compilations": count})
