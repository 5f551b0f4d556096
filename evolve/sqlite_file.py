"""SQLite files that a crash leaves whole and a reader leaves unchanged.

A file may be kept compressed, with the further suffix .xz; it is only read.
"""

import lzma
import sqlite3
from pathlib import Path

from harness.core.errors import UserError

_PATIENCE = 60.0  # Seconds to wait for another writer.
# With a write-ahead log a commit is one append: kill -9 can't split it.
_WRITE_AHEAD_LOG = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=NORMAL;
"""
# The log needs memory that processes share, which NFS, Lustre and GPFS refuse.
# Only an exclusive lock lets a file be opened there that has had a log.
_ROLLBACK_JOURNAL = """
PRAGMA locking_mode=EXCLUSIVE;
PRAGMA journal_mode=DELETE;
PRAGMA locking_mode=NORMAL;
"""
_HEADER_VERSION = 18  # The offset of a byte that is 2 for a file with a log.


def packed(path: Path) -> Path:
  """The compressed file that may stand in the place of a file."""
  return path.with_name(f"{path.name}.xz")


def exists(path: Path) -> bool:
  """True if there is a file to read, compressed or not."""
  return path.exists() or packed(path).exists()


def connect(
  path: Path, schema: str, *, read_only: bool = False
) -> sqlite3.Connection:
  """Opens a file; if it is to be written, creates it and missing tables.

  Raises:
    UserError: it is damaged, is missing, or can't be written.
  """
  try:
    if read_only and not path.exists() and packed(path).exists():
      return _unpacked(packed(path))
    if read_only:
      return _open(path, f"mode=ro{_immutable(path)}")
    path.touch()  # With the mode of the umask; SQLite has one of its own.
    try:
      return _open(path, "mode=rw", _WRITE_AHEAD_LOG + schema)
    except sqlite3.OperationalError:
      return _open(path, "mode=rw", _ROLLBACK_JOURNAL + schema)
  except sqlite3.Error as error:
    raise UserError(f"can't use {path}: {error}") from error
  except OSError as error:
    raise UserError(f"can't use {path}: {error.strerror}") from error
  except (lzma.LZMAError, EOFError) as error:
    raise UserError(f"can't use {packed(path)}: {error}") from error


def _open(path: Path, options: str, script: str = "") -> sqlite3.Connection:
  uri = f"{path.resolve().as_uri()}?{options}"
  connection = sqlite3.connect(uri, uri=True, timeout=_PATIENCE)
  try:
    connection.executescript(script)
  except sqlite3.Error:
    connection.close()
    raise
  return connection


def _unpacked(path: Path) -> sqlite3.Connection:
  connection = sqlite3.connect(":memory:")
  connection.deserialize(lzma.decompress(path.read_bytes()))
  return connection


def _immutable(path: Path) -> str:
  """The option for a file that nobody writes, and that needs no lock file."""
  with path.open("rb") as file:
    file.seek(_HEADER_VERSION)
    keeps_log = file.read(1) == b"\2"
  has_log = path.with_name(f"{path.name}-wal").exists()
  return "&immutable=1" if keeps_log and not has_log else ""
