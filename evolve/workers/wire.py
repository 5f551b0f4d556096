"""Messages between processes: length-limited JSON, never pickle."""

import json
import os
import struct
from typing import Any

MAX_MESSAGE = 8 << 20  # Bytes.
_HEADER = struct.Struct("<I")


class BadMessageError(Exception):
  """What came over the pipe is no message."""


def send(descriptor: int, message: dict[str, Any]) -> None:
  """Writes one message.

  Raises:
    BadMessageError: it is too long, or no JSON.
  """
  try:
    body = json.dumps(message).encode()
  except (TypeError, ValueError) as error:
    raise BadMessageError(str(error)) from error
  if len(body) > MAX_MESSAGE:
    raise BadMessageError(f"{len(body)} bytes")
  view = memoryview(_HEADER.pack(len(body)) + body)
  while view:
    view = view[os.write(descriptor, view) :]


class Reader:
  """Puts the messages of one pipe together as their bytes come in."""

  def __init__(self) -> None:
    self._buffer = bytearray()

  def feed(self, data: bytes) -> list[dict[str, Any]]:
    """The messages that `data` completes.

    Raises:
      BadMessageError: a message that is too long or no JSON object.
    """
    self._buffer += data
    messages = []
    while (length := self._length()) is not None:
      end = _HEADER.size + length
      if len(self._buffer) < end:
        break
      messages.append(_parse(bytes(self._buffer[_HEADER.size : end])))
      del self._buffer[:end]
    return messages

  def _length(self) -> int | None:
    if len(self._buffer) < _HEADER.size:
      return None
    length: int = _HEADER.unpack_from(self._buffer)[0]
    if length > MAX_MESSAGE:
      raise BadMessageError(f"{length} bytes announced")
    return length


def _parse(body: bytes) -> dict[str, Any]:
  try:
    message = json.loads(body)
  except (ValueError, RecursionError) as error:
    raise BadMessageError(f"no JSON: {error}") from error
  if not isinstance(message, dict):
    raise BadMessageError("no JSON object")
  return message
