"""Messages from a process that trains, on this machine or another."""

import time
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from harness.core.errors import UserError
from harness.core.trainings.status_line import (
  INTERVAL,
  GroupLine,
  TrainingProgress,
)


class Stage(NamedTuple):
  """A message from a process: what its training is at."""

  words: str


class Said(NamedTuple):
  """A message from a process: see `Watcher.say`."""

  subject: str
  text: str


class Failure(NamedTuple):
  """A message from a process: the error that ended it.

  Attributes:
    text: of a UserError, else a traceback.
    is_user_error: whether it is a UserError.
  """

  text: str
  is_user_error: bool

  @classmethod
  def of(cls, error: Exception) -> "Failure":
    """The message on an error that is being handled."""
    if isinstance(error, UserError):
      return cls(str(error), is_user_error=True)
    return cls(traceback.format_exc(), is_user_error=False)

  @property
  def error(self) -> Exception:
    """To be raised by who hears of it: a UserError, or a RuntimeError."""
    return (
      UserError(self.text) if self.is_user_error else RuntimeError(self.text)
    )


class Teller:
  """The watcher in a process that trains: it tells the one above.

  See Watcher.
  """

  def __init__(self, send: Callable[[Any], None], total_steps: int):
    self._send, self._total_steps = send, total_steps
    self._told = 0.0  # When, on the monotonic clock.

  def stage(self, words: str) -> None:
    self._send(Stage(words))

  def say(self, subject: str, text: str) -> None:
    self._send(Said(subject, text))

  def show(self, progress: TrainingProgress) -> None:
    is_last = progress.step >= self._total_steps
    if is_last or time.monotonic() - self._told >= INTERVAL:
      losses = np.asarray(progress.losses).tolist()
      self._send(progress._replace(losses=losses))
      self._told = time.monotonic()


def pass_on(message: Any, line: GroupLine) -> None:
  """Shows a message of a training that goes on.

  Args:
    message: what a Teller or a Failure says.
    line: of the training.

  Raises:
    UserError: the training raised it.
    RuntimeError: another error of the process.
  """
  match message:
    case Stage(words):
      line.stage(words)
    case TrainingProgress():
      line.show(message)
    case Said(subject, text):
      line.say(subject, text)
    case Failure():
      raise message.error
