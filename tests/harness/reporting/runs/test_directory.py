"""Run directories: labels, suites, and one-line errors."""

from pathlib import Path

import pytest

from harness.core.errors import UserError
from harness.reporting.runs import directory
from tests.harness.reporting.directories import write_run


def _write(path: Path, command: str = "search", **settings: object) -> str:
  return str(write_run(path, command, settings))


def test_run_json_and_summary_are_read(tmp_path: Path) -> None:
  write_run(tmp_path / "a", "search", {"suite": "lab@1"}, finished=False)
  (run,) = directory.read_all([str(tmp_path / "a")])
  assert (run.label, run.command, run.is_finished) == ("a", "search", False)
  assert run.settings == {"suite": "lab@1"}
  assert run.command_line == "python -m harness.search --workdir=a"
  assert (run.commit, run.has_changes) == ("0123456789abcdef", False)


def test_labels_are_the_shortest_that_differ(tmp_path: Path) -> None:
  paths = [_write(tmp_path / name) for name in ("x/first", "y/first", "z")]
  labels = [run.label for run in directory.read_all(paths)]
  assert labels == ["x/first", "y/first", f"{tmp_path.name}/z"]


def test_a_directory_given_twice_is_read_once(tmp_path: Path) -> None:
  path = _write(tmp_path / "a")
  assert len(directory.read_all([path, path + "/"])) == 1


def test_suites_may_differ(tmp_path: Path) -> None:
  """Each has sections of its own."""
  suites = ("lab@1", "lab@2", "lab@1+my.tasks")
  paths = [_write(tmp_path / suite, suite=suite) for suite in suites]
  assert len(directory.read_all(paths)) == 3


@pytest.mark.parametrize(
  ("name", "content"),
  [
    ("run.json", "{"),
    ("run.json", "{}"),
    ("run.json", "[]"),
    ("summary.json", "?"),
  ],
)
def test_a_damaged_record_is_one_line(
  tmp_path: Path, name: str, content: str
) -> None:
  path = _write(tmp_path)
  (tmp_path / name).write_text(content)
  with pytest.raises(UserError, match=f"{name} is damaged") as caught:
    directory.read_all([path])
  assert "\n" not in str(caught.value)


def test_a_missing_run_is_one_line(tmp_path: Path) -> None:
  with pytest.raises(UserError, match="no run is given"):
    directory.read_all([])
  with pytest.raises(UserError, match="no directory"):
    directory.read_all([str(tmp_path / "missing")])
  with pytest.raises(UserError, match="holds no run"):
    directory.read_all([str(tmp_path)])
  with pytest.raises(UserError, match="a run of report, not of one of sea"):
    directory.read_all([_write(tmp_path / "r", "report")])
