"""Result files that a crash leaves whole."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 1


def write_json(path: Path, record: Mapping[str, Any]) -> None:
  """Replaces a file at once: readers see the old one or the new one."""
  write_text(path, json.dumps(record, indent=2, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
  """Replaces a file at once; UTF-8."""
  # By `open`, so that the mode is that of the umask; tempfile's is 0600.
  temporary = path.with_name(f".new-{secrets.token_hex(8)}")
  with temporary.open("x", encoding="utf-8") as file:
    try:
      file.write(text)
      file.flush()
      os.fsync(file.fileno())
      temporary.replace(path)
    except BaseException:
      temporary.unlink()
      raise


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
