"""The SQLite file of a run: what it keeps, and how it fails."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evolve.program import Program
from evolve.search.database import Database, Row
from harness.core.errors import UserError
from harness.core.fitness import Report, Status
from tests import ROOT


def _row(slot: int, value: float | None) -> Row:
  program = Program(f"def activation(x):\n  return {slot} * x\n", ("a", "b"))
  if value is None:
    return Row(slot, program, Report(Status.CRASHED, "no"), None)
  report = Report(
    Status.OK,
    "fine",
    scores_by_seed={"task": (value, value)},
    id_scores={"task": 0.5},
    id_loss={"task": 0.25},
    ood_loss={"task": 4.0},
    screen_value=0.125,
    seconds=1.5,
  )
  return Row(slot, program, report, {"niche": [1, 2]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
  return tmp_path / "programs.sqlite"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
  opened = Database(path)
  yield opened
  opened.close()


def test_gives_back_what_it_was_given(path: Path, database: Database) -> None:
  rows = [_row(0, 0.5), _row(1, None), _row(2, 0.75)]
  for row in rows:
    database.commit(row)
  assert list(database.rows()) == rows
  again = Database(path)  # As after a crash: the first was never closed.
  assert list(again.rows()) == rows
  again.close()


def test_has_the_columns_that_scripts_read(
  path: Path, database: Database
) -> None:
  database.commit(_row(0, 0.5))
  database.commit(_row(1, None))
  with sqlite3.connect(path) as connection:
    found = connection.execute(
      "SELECT slot, id, parents, status, value, source FROM programs"
    ).fetchall()
    ((report,),) = connection.execute(
      "SELECT json_extract(report, '$.scores_by_seed.task[1]') FROM programs "
      "WHERE slot = 0"
    )
  first, second = _row(0, 0.5).program, _row(1, None).program
  assert found == [
    (0, first.id, '["a", "b"]', "OK", 0.5, first.source),
    (1, second.id, '["a", "b"]', "CRASHED", None, second.source),
  ]
  assert report == 0.5


def test_a_slot_is_written_once(database: Database) -> None:
  database.commit(_row(0, 0.5))
  with pytest.raises(UserError, match="UNIQUE constraint"):
    database.commit(_row(0, 0.75))
  assert list(database.rows()) == [_row(0, 0.5)]


def test_looks_up_the_first_program_with_an_id(database: Database) -> None:
  first = _row(0, 0.5)
  database.commit(first)
  database.commit(_row(1, None)._replace(program=first.program))
  assert database.report(first.program.id) == first.report
  assert database.outcome(first.program.id) == (0, 0.5)
  assert database.outcome("none") is None


def test_the_best_of_a_part(database: Database) -> None:
  for slot, value in enumerate([None, 0.25, 0.75, 0.75, 1.0]):
    database.commit(_row(slot, value))
  assert database.best_before(1) is None
  assert database.best_before(2) == _row(1, 0.25).program
  assert database.best_before(4) == _row(2, 0.75).program  # The earlier one.


def test_keeps_the_last_evaluations(database: Database) -> None:
  report = _row(0, 0.5).report
  database.commit_final("id", "lab", _row(0, 0.25).report)
  database.commit_final("id", "lab", report)
  database.commit_final("id", "heldout", report)
  assert database.finals() == {("id", "lab"): report, ("id", "heldout"): report}


def test_a_file_of_something_else_is_refused(path: Path) -> None:
  path.write_text("not a database " * 1000)
  with pytest.raises(UserError, match=r"can't use .*: file is not a database"):
    Database(path)


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
  with pytest.raises(UserError, match=r"can't use .*: No such file"):
    Database(tmp_path / "absent" / "programs.sqlite")


def test_damaged_pages_are_one_clear_line(path: Path) -> None:
  database = Database(path)
  for slot in range(200):
    database.commit(_row(slot, 0.5))
  database.close()
  damaged = bytearray(path.read_bytes())
  damaged[4096 * 3 :] = bytes(len(damaged) - 4096 * 3)
  path.write_bytes(damaged)
  with pytest.raises(UserError, match="is damaged: "):
    list(Database(path).rows())


@pytest.mark.parametrize(
  "change",
  [
    "report = '{'",
    "report = '{}'",
    "report = 'null'",
    "report = replace(report, '\"OK\"', '\"GREAT\"')",
    "parents = '5'",
    "traits = '['",
  ],
)
def test_a_damaged_row_is_one_clear_line(
  path: Path, database: Database, change: str
) -> None:
  database.commit(_row(0, 0.5))
  with sqlite3.connect(path) as connection:
    connection.execute(f"UPDATE programs SET {change}")
  with pytest.raises(UserError, match=r"programs\.sqlite is damaged: slot 0: "):
    list(database.rows())


_FILL = """
import resource, sys
from pathlib import Path
from evolve.search.database import Database
from harness.core.errors import UserError
from tests.evolve.search.test_database import _row
from tests import ROOT

database = Database(Path(sys.argv[1]))
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
slot = 0
try:
  while True:
    database.commit(_row(slot, 0.5))
    slot += 1
except UserError as error:
  print(slot, error, sep="|")
"""


def test_a_full_disk_loses_nothing_that_was_committed(path: Path) -> None:
  """A file that may not grow; a process of its own, as limits only tighten."""
  limit = 200_000
  found = subprocess.run(
    [sys.executable, "-c", _FILL, str(path), str(limit)],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
  )
  count, _, reason = found.stdout.strip().partition("|")
  assert int(count) > 10 and found.stderr == ""
  assert "\n" not in reason
  assert reason.startswith("can't write the database: ")
  assert "go on with --resume" in reason
  with sqlite3.connect(path) as connection:
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
  database = Database(path)
  assert list(database.rows()) == [_row(i, 0.5) for i in range(int(count))]
  database.commit(_row(int(count), 0.5))
  database.close()
