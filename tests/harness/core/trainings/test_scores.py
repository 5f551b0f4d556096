"""Scores on disk: what they hold, and which groups they leave."""

from pathlib import Path
from typing import Any

from harness.core.trainings.scores import Scores
from harness.core.trainings.seed_groups import SeedGroup

RELU, GELU = SeedGroup("bfs", "relu", (0, 1)), SeedGroup("bfs", "gelu", (0, 1))


def _scores(path: Path) -> Scores:
  return Scores(path, "algorithm")


def _results(*values: float) -> list[dict[str, Any]]:
  return [{"value": value} for value in values]


def test_a_record_holds_the_training_and_its_result(tmp_path: Path) -> None:
  scores = _scores(tmp_path)
  scores.add(RELU, _results(0.25, 0.75), seconds=2.0)
  assert scores.of([RELU])[1] == {
    "schema_version": 1,
    "algorithm": "bfs",
    "activation": "relu",
    "seed": 1,
    "value": 0.75,
    "seconds": 2.0,
  }


def test_a_group_is_left_until_all_its_seeds_have_records(
  tmp_path: Path,
) -> None:
  scores = _scores(tmp_path)
  assert scores.left([RELU, GELU]) == [RELU, GELU]
  scores.add(GELU, _results(0.5, 0.5), 1.0)
  scores.add(RELU._replace(seeds=(0,)), _results(0.5), 1.0)
  assert scores.left([RELU, GELU]) == [RELU]
  assert _scores(tmp_path).left([RELU, GELU]) == [RELU]
  assert scores.left([RELU._replace(task="dfs")])


def test_records_come_in_the_order_of_the_groups(tmp_path: Path) -> None:
  scores = _scores(tmp_path)
  for group in (GELU, RELU._replace(activation="other"), RELU):
    scores.add(group, _results(0.5, 0.5), 1.0)
  found = [(r["activation"], r["seed"]) for r in scores.of([RELU, GELU])]
  assert found == [("relu", 0), ("relu", 1), ("gelu", 0), ("gelu", 1)]


def test_a_seed_keeps_its_first_record(tmp_path: Path) -> None:
  scores = _scores(tmp_path)
  scores.add(RELU._replace(seeds=(0,)), _results(0.25), 1.0)
  scores.add(RELU, _results(0.75, 0.75), 1.0)
  assert [r["value"] for r in scores.of([RELU])] == [0.25, 0.75]
