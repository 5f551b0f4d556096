"""Runs of harness.search, whole, unfinished and damaged."""

import json
import sqlite3
from pathlib import Path

import pytest

from evolve import activations
from evolve.program import Program
from evolve.runs.finalists import FRESH, HELDOUT
from harness.core.errors import UserError
from harness.core.fitness import Report, Status
from harness.reporting.runs.search_run import row_name
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)

RELU = activations.source("relu")
SINE = "def activation(x):\n  return jnp.sin(2 * x)\n"
CUBE = "def activation(x):\n  return x**3\n"


def _search(path: Path) -> Path:
  rows = [
    row(0, RELU, report(0.5, cost=1.0)),
    row(1, SINE, report(0.75, cost=1.25), Program(RELU)),
    row(2, CUBE, Report(Status.DIVERGED, "no", cost=0.5), Program(SINE)),
  ]
  finals = {
    RELU: (report(0.5),) * 3,
    SINE: (report(0.625), report(0.6), report(0.4)),
  }
  return write_search(path, rows, finals)


def test_a_search_has_candidates_archive_and_finalists(tmp_path: Path) -> None:
  run = read_search(_search(tmp_path))
  assert [r.report.status for r in run.rows] == ["OK", "OK", "DIVERGED"]
  assert [row_name(r) for r in run.rows] == ["relu", "slot 1", "slot 2"]
  assert [m.best for m in run.moments] == [0.5, 0.75, 0.75]
  assert [m.spent for m in run.moments] == [1.0, 2.25, 2.75]
  assert run.archive.best().program_id == Program(SINE).id
  assert run.winner and run.winner.name == "slot 1"
  assert run.winner.search_value == pytest.approx(0.75)
  assert run.winner.fall == pytest.approx(0.125)
  assert [f.name for f in run.finalists] == ["slot 1", "relu"]
  assert [f.is_rival for f in run.finalists] == [False, True]
  values = {name: r.value for name, r in run.winner.reports.items()}
  assert values == pytest.approx({FRESH: 0.6, HELDOUT: 0.4})
  assert run.best == run.rows[1]


def test_an_objective_has_new_seeds_only(tmp_path: Path) -> None:
  """Searches of versions without fresh tasks have the same, named otherwise."""
  suite = "mine.py:evaluate@0b1d6e9a"
  path = _search(tmp_path)
  record = json.loads((path / "run.json").read_text())
  settings = record["settings"]
  del settings["finals"]
  settings |= {"suite": suite, "heldout": None}
  (path / "run.json").write_text(json.dumps(record))
  with sqlite3.connect(path / "programs.sqlite") as connection:
    connection.execute("DELETE FROM finals WHERE suite != 'again'")
    connection.execute("UPDATE finals SET suite = 'fresh'")
  run = read_search(path)
  assert run.winner and run.winner.value == pytest.approx(0.625)
  assert run.reports(run.winner) == {f"{suite}, new seeds": run.winner.choice}


def test_the_winner_waits_for_further_tasks(tmp_path: Path) -> None:
  path = _search(tmp_path)
  with sqlite3.connect(path / "programs.sqlite") as connection:
    connection.execute("DELETE FROM finals WHERE suite = 'further'")
  assert read_search(path).winner is None


def test_reading_changes_nothing(tmp_path: Path) -> None:
  path = _search(tmp_path)
  before = {p.name: p.read_bytes() for p in path.iterdir()}
  read_search(path)
  assert {p.name: p.read_bytes() for p in path.iterdir()} == before


def test_an_unfinished_search_has_no_winner(tmp_path: Path) -> None:
  rows = [row(0, RELU, report(0.5))]
  run = read_search(write_search(tmp_path, rows, {}, finished=False))
  assert not run.directory.is_finished
  assert run.winner is None and run.best == run.rows[0]


def test_a_search_without_candidates_is_read(tmp_path: Path) -> None:
  run = read_search(write_search(tmp_path, [], {}, finished=False))
  assert run.archive.is_empty and run.moments == () and run.best is None


@pytest.mark.parametrize(
  ("content", "message"),
  [("no database", "is damaged"), (None, "is missing")],
)
def test_a_damaged_database_is_one_line(
  tmp_path: Path, content: str | None, message: str
) -> None:
  file = _search(tmp_path) / "programs.sqlite"
  file.unlink() if content is None else file.write_text(content)
  with pytest.raises(UserError, match=rf"programs\.sqlite {message}") as caught:
    read_search(tmp_path)
  assert "\n" not in str(caught.value)


def test_a_damaged_verification_is_one_line(tmp_path: Path) -> None:
  path = _search(tmp_path)
  with sqlite3.connect(path / "programs.sqlite") as connection:
    connection.execute("UPDATE finals SET report = '{'")
  with pytest.raises(UserError, match="damaged: finals"):
    read_search(path)
