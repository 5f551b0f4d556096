"""The parent's end of a trainer."""

import contextlib
import socket
import time
from typing import Any

from evolve.workers import wire
from evolve.workers.running import Answer
from harness.core.errors import UserError
from harness.core.fitness import Status


class Trainer:
  """A process that trains tables, one batch at a time.

  Attributes:
    control: the socket on which answers come in.
    is_idle: whether it has started and has no job.
  """

  def __init__(self, control: socket.socket):
    self.control = control
    self.is_idle = False
    self._reader = wire.Reader()
    self._job = 0
    self._begun = 0.0

  def begin(self, number: int, job: dict[str, Any], tables: bytes) -> None:
    """Hands it a job."""
    self.is_idle = False
    self._job, self._begun = number, time.monotonic()
    with contextlib.suppress(BrokenPipeError):  # `hear` says that it died.
      wire.send(self.control.fileno(), job, tables)

  def hear(self) -> Answer | None:
    """The answer to its job, if it is complete; call when there is something.

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
      if "reports" in message.body:
        seconds = time.monotonic() - self._begun
        return Answer(self._job, Status.OK, "", message.body, seconds)
    return None


def _died(reason: str) -> UserError:
  return UserError(
    f"a trainer died: {reason}; what was committed is kept, go on with --resume"
  )
