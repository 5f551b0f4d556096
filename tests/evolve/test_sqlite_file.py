"""SQLite files for one writer and any number of readers."""

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
