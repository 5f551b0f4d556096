"""What the process that reads a split tells the one that asked for it."""

import dataclasses
import pickle
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

# Bytes; a gigabyte in one piece would take four times as long.
_PART = 1 << 20


@dataclasses.dataclass(frozen=True)
class Stage:
  """What it is doing, in words; replaces the stage before."""

  text: str


@dataclasses.dataclass(frozen=True)
class Failure:
  """Why there will be no split: a line for the user."""

  text: str


def one_line(error: BaseException) -> str:
  """The type of an error and the beginning of what it says."""
  return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]


def send(connection: "Connection[Any, Any]", message: Any) -> None:
  """Sends a message; its arrays are not copied."""
  buffers: list[pickle.PickleBuffer] = []
  frame = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
  arrays = [buffer.raw() for buffer in buffers]
  connection.send((frame, [array.nbytes for array in arrays]))
  for array in arrays:
    for start in range(0, array.nbytes, _PART):
      connection.send_bytes(array[start : start + _PART])


def receive(
  connection: "Connection[Any, Any]", tick: Callable[[], None]
) -> Any:
  """The next message.

  Args:
    connection: where it comes from.
    tick: called many times while the arrays of a long one come in.

  Returns:
    The message; its arrays can be written to.

  Raises:
    EOFError: the other end is closed, be it in the middle of a message.
  """
  frame, sizes = _next(connection.recv)
  arrays = [np.empty(size, np.uint8).data for size in sizes]
  for array in arrays:
    for start in range(0, array.nbytes, _PART):
      _next(connection.recv_bytes_into, array[start : start + _PART])
      tick()
  return pickle.loads(frame, buffers=arrays)


def _next(receiving: Callable[..., Any], *arguments: Any) -> Any:
  try:
    return receiving(*arguments)
  except OSError as error:
    raise EOFError from error
