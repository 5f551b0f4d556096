"""Messages between processes: length-limited JSON and raw bytes, no pickle."""

import json
import os
import struct
from typing import Any, NamedTuple

MAX_MESSAGE = 8 << 20  # Bytes.
_HEADER = struct.Struct("<II")


class Message(NamedTuple):
  """A JSON object, and bytes whose meaning it tells."""

  body: dict[str, Any]
  blob: bytes = b""


class BadMessageError(Exception):
  """The bytes that came over the pipe are no message."""


def send(descriptor: int, body: dict[str, Any], blob: bytes = b"") -> None:
  """Writes one message.

  Raises:
    BadMessageError: it is too long, or no JSON.
  """
  view = memoryview(encode(body, blob))
  while view:
    view = view[os.write(descriptor, view) :]


def encode(body: dict[str, Any], blob: bytes = b"") -> bytes:
  """A message as it is sent.

  Raises:
    BadMessageError: it is too long, or no JSON.
  """
  try:
    text = json.dumps(body).encode()
  except (TypeError, ValueError) as error:
    raise BadMessageError(str(error)) from error
  if len(text) + len(blob) > MAX_MESSAGE:
    raise BadMessageError(f"{len(text) + len(blob)} bytes")
  return _HEADER.pack(len(text), len(blob)) + text + blob


class Reader:
  """Assembles the messages of one pipe as their bytes come in."""

  def __init__(self) -> None:
    self._buffer = bytearray()

  def feed(self, data: bytes) -> list[Message]:
    """The messages that `data` completes.

    Raises:
      BadMessageError: a message that is too long or no JSON object.
    """
    self._buffer += data
    messages = []
    while (lengths := self._lengths()) is not None:
      middle = _HEADER.size + lengths[0]
      end = middle + lengths[1]
      if len(self._buffer) < end:
        break
      text = bytes(self._buffer[_HEADER.size : middle])
      messages.append(Message(_parse(text), bytes(self._buffer[middle:end])))
      del self._buffer[:end]
    return messages

  def _lengths(self) -> tuple[int, int] | None:
    """Of the JSON and of the bytes, once their header is here."""
    if len(self._buffer) < _HEADER.size:
      return None
    text, blob = _HEADER.unpack_from(self._buffer)
    if text + blob > MAX_MESSAGE:
      raise BadMessageError(f"{text + blob} bytes announced")
    return text, blob


def _parse(text: bytes) -> dict[str, Any]:
  try:
    message = json.loads(text)
  except (ValueError, RecursionError) as error:
    raise BadMessageError(f"no JSON: {error}") from error
  if not isinstance(message, dict):
    raise BadMessageError("no JSON object")
  return message
