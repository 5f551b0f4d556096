"""Run directories, whole, unfinished and damaged."""

import sqlite3
from pathlib import Path

import pytest

from evolve import activations
from evolve.program import Program
from harness.core.errors import UserError
from harness.core.fitness import Report, Status
from harness.reporting.runs.reading import read_all
from tests.harness.reporting.directories import (
  LAB_SETTINGS,
  lab_record,
  report,
  row,
  write_run,
  write_scores,
  write_search,
)

RELU = activations.source("relu")
SINE = "def activation(x):\n  return jnp.sin(2 * x)\n"
CUBE = "def activation(x):\n  return x**3\n"


def _search(path: Path, **changes: object) -> Path:
  rows = [
    row(0, RELU, report(0.5)),
    row(1, SINE, report(0.75), Program(RELU)),
    row(2, CUBE, Report(Status.DIVERGED, "no"), Program(SINE)),
  ]
  finals = {
    RELU: (report(0.5), report(0.5)),
    SINE: (report(0.625), report(0.4)),
  }
  return write_search(path, rows, finals, **changes)


def test_a_search(tmp_path: Path) -> None:
  (run,) = read_all([str(_search(tmp_path / "a"))]).searches
  assert run.run.label == "a" and run.run.is_finished
  assert [r.report.status for r in run.rows] == ["OK", "OK", "DIVERGED"]
  assert [m.best for m in run.moments] == [0.5, 0.75, 0.75]
  assert run.archive.best().program_id == Program(SINE).id
  assert run.winner and run.winner.name == "slot 1"
  assert run.winner.search_value == pytest.approx(0.75)
  assert [f.name for f in run.finalists] == ["slot 1", "relu"]
  assert run.run.command_line == "python -m harness.search --workdir=a"


def test_reading_changes_nothing(tmp_path: Path) -> None:
  path = _search(tmp_path / "a")
  before = {p.name: p.read_bytes() for p in path.iterdir()}
  read_all([str(path)])
  assert {p.name: p.read_bytes() for p in path.iterdir()} == before


def test_an_unfinished_search_is_read(tmp_path: Path) -> None:
  path = write_search(tmp_path, [row(0, RELU, report(0.5))], {}, finished=False)
  (run,) = read_all([str(path)]).searches
  assert not run.run.is_finished
  assert run.winner is None and len(run.rows) == 1


def test_a_search_before_its_first_candidate_is_read(tmp_path: Path) -> None:
  path = write_search(tmp_path, [], {}, finished=False)
  (run,) = read_all([str(path)]).searches
  assert run.archive.is_empty and run.moments == ()


def test_scores_of_the_lab(tmp_path: Path) -> None:
  records = [lab_record("relu", 0.5), lab_record("gelu", 0.625)]
  path = write_scores(tmp_path, "score", records, **LAB_SETTINGS)
  (run,) = read_all([str(path)]).labs
  assert [s.value for s in run.scores] == pytest.approx([0.5, 0.625])
  assert run.scores[0].scores.shape == (4, 3)  # [seeds, tasks]


def test_labels_are_the_shortest_that_differ(tmp_path: Path) -> None:
  paths = [_search(tmp_path / name) for name in ("x/first", "y/first", "z")]
  labels = [run.label for run in read_all([str(p) for p in paths]).all]
  assert labels == ["x/first", "y/first", f"{tmp_path.name}/z"]


def test_a_directory_given_twice_is_read_once(tmp_path: Path) -> None:
  path = str(_search(tmp_path / "a"))
  assert len(read_all([path, path + "/"]).searches) == 1


def test_versions_of_a_suite_never_mix(tmp_path: Path) -> None:
  first = _search(tmp_path / "first")
  second = _search(tmp_path / "second", suite="lab@2")
  with pytest.raises(UserError, match=r"is of lab@1, .* of lab@2: .* apart"):
    read_all([str(first), str(second)])


@pytest.mark.parametrize(
  ("name", "content", "message"),
  [
    ("run.json", "{", r"run\.json is damaged"),
    ("run.json", "{}", r"run\.json is damaged"),
    ("run.json", "[]", r"run\.json is damaged"),
    ("summary.json", "?", r"summary\.json is damaged"),
    ("programs.sqlite", "no database", r"programs\.sqlite is damaged"),
    ("programs.sqlite", None, r"programs\.sqlite is missing"),
    ("run.json", None, "holds no run"),
  ],
)
def test_a_damaged_search_is_one_line(
  tmp_path: Path, name: str, content: str | None, message: str
) -> None:
  file = _search(tmp_path) / name
  if content is None:
    file.unlink()
  else:
    file.write_text(content)
  with pytest.raises(UserError, match=message) as caught:
    read_all([str(tmp_path)])
  assert "\n" not in str(caught.value)


def test_a_damaged_verification_is_one_line(tmp_path: Path) -> None:
  path = _search(tmp_path)
  with sqlite3.connect(path / "programs.sqlite") as connection:
    connection.execute("UPDATE finals SET report = '{'")
  with pytest.raises(UserError, match="damaged: finals"):
    read_all([str(path)])


@pytest.mark.parametrize(
  "content", ["{}\n", "no json\n", '{"activation": 1}\n']
)
@pytest.mark.parametrize("command", ["score", "clrs30", "imagenet"])
def test_damaged_scores_are_one_line(
  tmp_path: Path, command: str, content: str
) -> None:
  write_scores(tmp_path, command, [lab_record("relu", 0.5)], **LAB_SETTINGS)
  (tmp_path / "scores.jsonl").write_text(content)
  with pytest.raises(UserError, match=r"scores\.jsonl is damaged"):
    read_all([str(tmp_path)])


def test_what_is_no_run_is_one_line(tmp_path: Path) -> None:
  with pytest.raises(UserError, match="no run is given"):
    read_all([])
  with pytest.raises(UserError, match="no directory"):
    read_all([str(tmp_path / "missing")])
  with pytest.raises(UserError, match="holds no run"):
    read_all([str(tmp_path)])
  write_run(tmp_path / "r", "report", {})
  with pytest.raises(UserError, match="a run of report"):
    read_all([str(tmp_path / "r")])
