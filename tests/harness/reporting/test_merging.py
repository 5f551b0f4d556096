"""Several run directories made one."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.core.errors import UserError
from harness.core.workdir import Workdir
from harness.reporting import merging
from tests.harness.reporting.directories import (
  CLRS_SETTINGS,
  LAB_SETTINGS,
  clrs_record,
  lab_record,
  write_scores,
)


@pytest.fixture(autouse=True)
def _command(monkeypatch: pytest.MonkeyPatch) -> None:
  monkeypatch.setattr("sys.argv", ["clrs30.py"])


def _write(path: Path, *records: Any, **options: Any) -> str:
  settings = CLRS_SETTINGS | {"algorithms": ["bfs"], "seeds": [0]} | options
  return str(write_scores(path, "clrs30", records, **settings))


def _merge(tmp_path: Path, *paths: str, resume: bool = False) -> Path:
  workdir = Workdir(str(tmp_path / "all"), resume=resume)
  try:
    merging.merge("clrs30", paths, workdir)
  finally:
    workdir._lock.close()
  return workdir.path


def test_a_merged_run_is_a_run(tmp_path: Path) -> None:
  records = [
    clrs_record("bfs", "relu", 0, 0.5),
    clrs_record("bfs", "relu", 1, 0.75),
    clrs_record("dfs", "there/best.py", 1, 0.25),
  ]
  paths = [
    _write(tmp_path / "a", records[0]),
    _write(
      tmp_path / "b",
      *records[1:],
      ids={"relu": "e55601eeffcf5cab", "there/best.py": "0123"},
      algorithms=["bfs", "dfs"],
      seeds=[1],
    ),
  ]
  merged = _merge(tmp_path, *paths)
  lines = (merged / "scores.jsonl").read_text().splitlines()
  assert [json.loads(line) for line in lines] == records
  settings = json.loads((merged / "run.json").read_text())["settings"]
  assert settings == CLRS_SETTINGS | {
    "activations": {"relu": "e55601eeffcf5cab", "there/best.py": "0123"},
    "algorithms": ["bfs", "dfs"],
    "seeds": [0, 1],
    "merged": paths,
  }
  # Again gives the same, and it can be merged itself.
  assert _merge(tmp_path, *paths, resume=True) == merged
  assert (merged / "scores.jsonl").read_text().splitlines() == lines
  workdir = Workdir(str(tmp_path / "more"), resume=False)
  run = merging.merge("clrs30", [str(merged), paths[0]], workdir)
  assert (len(run.scores), run.conflicts) == (3, ())


def test_what_does_not_compare_is_refused(tmp_path: Path) -> None:
  record = clrs_record("bfs", "best.py", 0, 0.5)
  one = _write(tmp_path / "a", record, ids={"best.py": "01"})
  longer = _write(tmp_path / "b", record, ids={"best.py": "01"}, train_steps=9)
  with pytest.raises(
    UserError, match=r"b has train steps 9 instead of 4 in .*a; --merge takes"
  ):
    _merge(tmp_path, one, longer)
  other = _write(tmp_path / "c", record, ids={"best.py": "23"})
  with pytest.raises(
    UserError, match=r"best\.py is not the same program in all"
  ):
    _merge(tmp_path, one, other)
  lab = write_scores(
    tmp_path / "d", "score", [lab_record("relu", 0.5)], **LAB_SETTINGS
  )
  with pytest.raises(UserError, match=r"d holds a run of harness\.score; --me"):
    _merge(tmp_path, one, str(lab))
  assert not (tmp_path / "all" / "run.json").exists()


def test_a_run_of_trainings_is_not_overwritten(tmp_path: Path) -> None:
  record = clrs_record("bfs", "relu", 0, 0.5)
  one, run = _write(tmp_path / "a", record), _write(tmp_path / "all", record)
  before = Path(run, "scores.jsonl").read_bytes()
  with pytest.raises(UserError, match="was not merged; give another --workdir"):
    _merge(tmp_path, one, resume=True)
  assert Path(run, "scores.jsonl").read_bytes() == before


def test_algorithms_of_ones_own_are_merged_by_their_text(
  tmp_path: Path,
) -> None:
  files = {"mine": "mine.py@0123abcd"}
  paths = [
    _write(tmp_path / "a", clrs_record("bfs", "relu", 0, 0.5)),
    _write(
      tmp_path / "b",
      clrs_record("mine", "relu", 0, 0.5),
      algorithms=["mine"],
      algorithm_files=files,
    ),
  ]
  merged = _merge(tmp_path, *paths)
  settings = json.loads((merged / "run.json").read_text())["settings"]
  assert settings["algorithms"] == ["bfs", "mine"]
  assert settings["algorithm_files"] == files
  other = _write(
    tmp_path / "c",
    clrs_record("mine", "relu", 1, 0.5),
    algorithm_files={"mine": "mine.py@4567ef01"},
  )
  with pytest.raises(UserError, match=r"c has mine mine\.py@4567ef01 inste"):
    _merge(tmp_path, *paths, other, resume=True)
