"""Runs of one protocol, taken together."""

from pathlib import Path
from typing import Any

import pytest

from harness.reporting.runs.validation_run import ValidationRun
from tests.harness.reporting.directories import (
  CLRS_SETTINGS,
  clrs_record,
  read,
  write_scores,
)


def _write(path: Path, *records: Any, **options: Any) -> Path:
  return write_scores(path, "clrs30", records, **(CLRS_SETTINGS | options))


def _together(*paths: Path) -> ValidationRun:
  (run,) = read(*paths).clrs30
  return run


def test_runs_of_a_protocol_are_one(tmp_path: Path) -> None:
  run = _together(
    _write(tmp_path / "a", clrs_record("bfs", "relu", 0, 0.5), seeds=[0]),
    _write(
      tmp_path / "b",
      clrs_record("bfs", "relu", 1, 0.75),
      clrs_record("dfs", "gelu", 1, 0.25),
      seeds=[1],
      algorithms=["bfs", "dfs"],
      seeds_per_program=4,
    ),
  )
  keys = [(s["algorithm"], s["activation"], s["seed"]) for s in run.scores]
  assert keys == [("bfs", "relu", 0), ("bfs", "relu", 1), ("dfs", "gelu", 1)]
  assert (run.label, run.remarks) == ("a and b", [])


def test_one_training_of_two_equal_ones_is_kept(tmp_path: Path) -> None:
  record = clrs_record("bfs", "relu", 0, 0.5)
  run = _together(
    _write(tmp_path / "a", record | {"seconds": 1.0}),
    _write(tmp_path / "b", record | {"seconds": 2.0}),
  )
  assert len(run.scores) == 1
  assert run.remarks == []


def test_a_training_with_two_results_is_named(tmp_path: Path) -> None:
  run = _together(
    _write(tmp_path / "a", clrs_record("bfs", "relu", 0, 0.5)),
    _write(tmp_path / "b", clrs_record("bfs", "relu", 0, 0.75)),
  )
  (score,) = run.scores
  assert score["test_score"] == 0.5
  assert run.remarks == [
    "bfs, relu, seed 0 has test_score 0.5 in a and 0.75 in b; the first is "
    "taken."
  ]


def test_runs_of_other_protocols_stay_apart(tmp_path: Path) -> None:
  record = clrs_record("bfs", "relu", 0, 0.5)
  first, second = read(
    _write(tmp_path / "a", record),
    _write(tmp_path / "b", record, train_steps=4000, sites="upstream"),
  ).clrs30
  assert first.apart_from([first, second]) == [
    "Not taken together with b, which has train steps 4,000 instead of 4, "
    "sites upstream instead of all."
  ]
  assert second.apart_from([second]) == []


def test_unfinished_runs_are_named(tmp_path: Path) -> None:
  a = _write(tmp_path / "a", clrs_record("bfs", "relu", 0, 0.5))
  b = _write(tmp_path / "b", clrs_record("bfs", "relu", 1, 0.5), finished=False)
  assert _together(a, b).remarks == [
    "Unfinished: b; 2 trainings have a record so far."
  ]


@pytest.mark.parametrize(
  ("count", "label"), [(3, "0, 1 and 2"), (8, "0, 1 and 6 more runs")]
)
def test_a_label_lists_few_runs(count: int, label: str, tmp_path: Path) -> None:
  paths = [
    _write(tmp_path / str(seed), clrs_record("bfs", "relu", seed, 0.5))
    for seed in range(count)
  ]
  assert _together(*paths).label == label


def test_programs_at_the_same_path_have_names_of_their_own(
  tmp_path: Path,
) -> None:
  name = "evolved/best.py"
  paths = [
    _write(
      tmp_path / run, clrs_record("bfs", name, 0, 0.5), ids={name: program_id}
    )
    for run, program_id in (("a", "0123456789"), ("b", "abcdefabcd"))
  ]
  assert [score["activation"] for score in _together(*paths).scores] == [
    "evolved/best.py (012345)", "evolved/best.py (abcdef)"
  ]  # fmt: skip


MINE = {"mine": "mine.py@0123abcd"}


def test_texts_of_an_algorithm_never_mix(tmp_path: Path) -> None:
  """Those of runs that lack it do not matter."""
  label = "mine.py@4567ef01"
  together, other = read(
    _write(tmp_path / "a", clrs_record("bfs", "relu", 0, 0.5)),
    _write(
      tmp_path / "b", clrs_record("mine", "relu", 0, 0.5), algorithm_files=MINE
    ),
    _write(
      tmp_path / "c",
      clrs_record("mine", "relu", 1, 0.5),
      algorithm_files={"mine": label},
    ),
  ).clrs30
  assert (together.label, together.algorithm_files) == ("a and b", MINE)
  assert together.apart_from([together, other]) == [
    f"Not taken together with c, which has mine {label} instead of "
    "mine.py@0123abcd."
  ]
