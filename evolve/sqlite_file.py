"""SQLite files that a crash leaves whole and a reader leaves unchanged."""

import sqlite3
from pathlib import Path

from harness.core.errors import UserError

_PATIENCE = 60.0  # Seconds to wait for another writer.


def connect(
  path: Path, schema: str, *, read_only: bool = False
) -> sqlite3.Connection:
  """Opens a file; if it is to be written, creates it and missing tables.

  Raises:
    UserError: it is damaged, is missing, or can't be written.
  """
  try:
    connection = sqlite3.connect(
      _uri(path, read_only), uri=True, timeout=_PATIENCE
    )
    if not read_only:
      # With a write-ahead log a commit is one append: kill -9 can't split it.
      connection.execute("PRAGMA journal_mode=WAL")
      connection.execute("PRAGMA synchronous=NORMAL")
      connection.executescript(schema)
  except sqlite3.Error as error:
    raise UserError(f"can't use {path}: {error}") from error
  return connection


def _uri(path: Path, read_only: bool) -> str:
  uri = path.resolve().as_uri()
  if not read_only:
    return f"{uri}?mode=rwc"
  # Without a log nobody writes, and no lock file is needed.
  has_log = path.with_name(f"{path.name}-wal").exists()
  return f"{uri}?mode=ro" + ("" if has_log else "&immutable=1")
