"""Standard streams that are closed, gone, or lack characters."""

import codecs
import io
import os
import sys

_ERRORS = "actmine.plain"  # The name of a way to encode, for `codecs`.
_PLAIN = {"±": "+-"}


def mend() -> None:
  """Opens the streams that are closed, and lets others take any character.

  What is written to a closed stream goes nowhere. If it stayed closed, the next
  file to be opened, such as a database, would take its number, and with it what
  libraries print. A character that the encoding lacks is spelled in ASCII.
  """
  codecs.register_error(_ERRORS, _spelled)
  for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
    stream = getattr(sys, name)
    if stream is None:
      stream = open(os.devnull, mode)  # noqa: SIM115 (to the process's end)
      os.set_inheritable(stream.fileno(), True)
      setattr(sys, name, stream)
    if mode == "w" and isinstance(stream, io.TextIOWrapper):
      stream.reconfigure(errors=_ERRORS)


def discard_output() -> None:
  """Sends standard output nowhere, with what it still has to write."""
  os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _spelled(error: UnicodeError) -> tuple[str, int]:
  """The characters that an encoding lacks, in ASCII; see `codecs`."""
  if not isinstance(error, UnicodeEncodeError):
    raise error
  text = error.object[error.start : error.end]
  for character, plain in _PLAIN.items():
    text = text.replace(character, plain)
  return text.encode("ascii", "backslashreplace").decode(), error.end
