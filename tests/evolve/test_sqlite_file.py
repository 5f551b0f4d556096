"""SQLite files for one writer and any number of readers."""

import lzma
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from evolve import sqlite_file
from harness.core.errors import UserError

SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (n INTEGER)"


def _numbers(connection: sqlite3.Connection) -> list[int]:
  return [n for (n,) in connection.execute("SELECT n FROM numbers")]


def test_a_reader_sees_each_commit_of_a_writer(tmp_path: Path) -> None:
  path = tmp_path / "numbers.sqlite"
  writer = sqlite_file.connect(path, SCHEMA)
  with writer:
    writer.execute("INSERT INTO numbers VALUES (1)")
  reader = sqlite_file.connect(path, SCHEMA, read_only=True)
  assert _numbers(reader) == [1]
  with writer:
    writer.execute("INSERT INTO numbers VALUES (2)")
  assert _numbers(reader) == [1, 2]
  with pytest.raises(sqlite3.OperationalError, match="readonly"):
    reader.execute("INSERT INTO numbers VALUES (3)")
  writer.close()
  reader.close()


def _refuse_logs(path: Path) -> None:
  """Keeps the memory that the users of a log share from being opened."""
  memory = path.with_name(f"{path.name}-shm")
  memory.symlink_to(memory)


def test_a_file_system_that_refuses_the_log_gets_a_journal(
  tmp_path: Path,
) -> None:
  path = tmp_path / "numbers.sqlite"
  _refuse_logs(path)
  with pytest.raises(sqlite3.OperationalError, match="unable to open"):
    sqlite3.connect(path).executescript("PRAGMA journal_mode=WAL;" + SCHEMA)
  path.unlink()
  writers = [sqlite_file.connect(path, SCHEMA) for _ in range(2)]
  reader = sqlite_file.connect(path, SCHEMA, read_only=True)
  for number, writer in enumerate(writers):
    with writer:
      writer.execute(f"INSERT INTO numbers VALUES ({number})")
    assert _numbers(reader) == list(range(number + 1))
  for connection in (reader, *writers):
    connection.close()


def test_a_file_with_a_log_that_is_moved_to_such_a_file_system(
  tmp_path: Path,
) -> None:
  first, moved = tmp_path / "first.sqlite", tmp_path / "moved.sqlite"
  writer = sqlite_file.connect(first, SCHEMA)
  with writer:
    writer.execute("INSERT INTO numbers VALUES (1)")
  for end in ("", "-wal"):  # As a killed process leaves them.
    shutil.copy(f"{first}{end}", f"{moved}{end}")
  writer.close()
  _refuse_logs(moved)
  connection = sqlite_file.connect(moved, SCHEMA)
  assert _numbers(connection) == [1]
  connection.close()


def test_the_mode_of_a_file_is_that_of_the_umask(tmp_path: Path) -> None:
  before = os.umask(0o002)
  try:
    connection = sqlite_file.connect(tmp_path / "numbers.sqlite", SCHEMA)
  finally:
    os.umask(before)
  with connection:
    connection.execute("INSERT INTO numbers VALUES (1)")
  modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
  assert modes == {0o664}
  connection.close()


def test_a_reader_leaves_the_directory_unchanged(tmp_path: Path) -> None:
  path = tmp_path / "numbers.sqlite"
  sqlite_file.connect(path, SCHEMA).close()
  assert list(tmp_path.iterdir()) == [path]
  reader = sqlite_file.connect(path, SCHEMA, read_only=True)
  assert _numbers(reader) == []
  assert list(tmp_path.iterdir()) == [path]
  reader.close()


def test_a_missing_file_is_an_error_for_a_reader(tmp_path: Path) -> None:
  with pytest.raises(UserError, match=r"can't use .*absent"):
    sqlite_file.connect(tmp_path / "absent", SCHEMA, read_only=True)


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
  path = tmp_path / "numbers.sqlite"
  path.write_text("no database, but a text of some length" * 20)
  with pytest.raises(UserError, match=r"can't use .*not a database"):
    sqlite_file.connect(path, SCHEMA)


def test_a_compressed_file_is_read_in_its_place(tmp_path: Path) -> None:
  path = tmp_path / "numbers.sqlite"
  writer = sqlite_file.connect(path, SCHEMA)
  with writer:
    writer.execute("INSERT INTO numbers VALUES (7)")
  writer.execute("PRAGMA journal_mode=DELETE")
  writer.close()
  packed = sqlite_file.packed(path)
  packed.write_bytes(lzma.compress(path.read_bytes()))
  path.unlink()
  assert sqlite_file.exists(path)
  assert _numbers(sqlite_file.connect(path, SCHEMA, read_only=True)) == [7]
  packed.write_bytes(b"no archive")
  with pytest.raises(UserError, match=r"can't use .*\.xz: "):
    sqlite_file.connect(path, SCHEMA, read_only=True)
