"""Result files that a crash leaves whole."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

SCHEMA_VERSION = 1
_INCOMPLETE = ".new-"


def write_json(path: Path, record: Mapping[str, Any]) -> None:
  """Replaces a file at once: readers see the old one or the new one."""
  write_text(path, json.dumps(record, indent=2, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
  """Replaces a file at once; UTF-8."""
  with replaced(path) as file:
    file.write(text.encode())


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[BinaryIO]:
  """Opens a file that takes the place of `path` at the end, all at once.

  If the block raises, what was there stays.
  """
  # By `open`, so that the mode is that of the umask; tempfile's is 0600.
  temporary = path.with_name(f"{_INCOMPLETE}{secrets.token_hex(8)}")
  with temporary.open("xb") as file:
    try:
      yield file
      file.flush()
      os.fsync(file.fileno())
      temporary.replace(path)
    except BaseException:
      temporary.unlink(missing_ok=True)
      raise


def remove_incomplete(folder: Path) -> None:
  """Removes what `replaced` left in a folder when its process was killed.

  For the only process that writes there, or before any other does.
  """
  for path in folder.glob(f"{_INCOMPLETE}*"):
    path.unlink(missing_ok=True)


def append_jsonl(path: Path, record: Mapping[str, Any]) -> None:
  """Adds one line, which is on disk on return.

  A line that a crash cut short is removed first; `read_jsonl` skips it.
  """
  line = json.dumps(record, allow_nan=False) + "\n"
  with open(path, "ab") as file:
    if file.tell() and not _ends_in_newline(path):
      file.truncate(_end_of_last_line(path))
    file.write(line.encode())
    file.flush()
    os.fsync(file.fileno())


def read_jsonl(path: Path) -> list[dict[str, Any]]:
  """The records on the complete lines of a file; none without a file."""
  if not path.exists():
    return []
  data = path.read_bytes()
  whole = data[: data.rfind(b"\n") + 1]
  return [json.loads(line) for line in whole.splitlines()]


def _ends_in_newline(path: Path) -> bool:
  with open(path, "rb") as file:
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


def _end_of_last_line(path: Path) -> int:
  return path.read_bytes().rfind(b"\n") + 1
