"""Tests of keeping unfinished searches."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.bench.strategies.begun import pack, unpack


def _unfinished_run(folder: Path) -> sqlite3.Connection:
  folder.mkdir()
  (folder / "run.json").write_text('{"seed": 3}')
  database = sqlite3.connect(folder / "programs.sqlite")
  database.execute("PRAGMA journal_mode=WAL")
  database.execute("CREATE TABLE programs (slot INTEGER, report TEXT)")
  database.execute(
    "INSERT INTO programs VALUES (0, '{\"value\": 0.123456789}')"
  )
  database.commit()
  return database


def test_an_unfinished_run_comes_back_with_what_only_its_log_held(
  tmp_path: Path,
) -> None:
  with closing(_unfinished_run(tmp_path / "run")):
    pack(tmp_path / "run", tmp_path / "kept")
  unpack(tmp_path / "kept", tmp_path / "again")

  assert (tmp_path / "again" / "run.json").read_text() == '{"seed": 3}'
  with closing(sqlite3.connect(tmp_path / "again/programs.sqlite")) as database:
    rows = database.execute("SELECT * FROM programs").fetchall()
  assert rows == [(0, '{"value": 0.123456789}')]


def test_a_run_that_is_here_is_not_replaced(tmp_path: Path) -> None:
  with closing(_unfinished_run(tmp_path / "run")):
    pack(tmp_path / "run", tmp_path / "kept")
  (tmp_path / "run" / "run.json").write_text("newer")
  unpack(tmp_path / "kept", tmp_path / "run")
  assert (tmp_path / "run" / "run.json").read_text() == "newer"
