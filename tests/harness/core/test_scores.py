"""What a run still has to train, read from the scores it has."""

import dataclasses
from pathlib import Path
from typing import Any

from harness.core.scores import Scores, seed_groups


@dataclasses.dataclass(frozen=True)
class _Job:
  activation: str
  seeds: tuple[int, ...]

  def trainings(self) -> list[tuple[str, int]]:
    return [(self.activation, seed) for seed in self.seeds]


_RELU, _GELU = _Job("relu", (0, 1)), _Job("gelu", (0, 1))


def _record(activation: str, seed: int, value: float = 0.5) -> dict[str, Any]:
  return {"activation": activation, "seed": seed, "value": value}


def _scores(path: Path) -> Scores:
  return Scores(path, ("activation", "seed"))


def test_a_job_is_left_until_all_of_it_has_records(tmp_path: Path) -> None:
  scores = _scores(tmp_path)
  assert scores.left([_RELU, _GELU]) == [_RELU, _GELU]
  scores.add([_record("gelu", 0), _record("gelu", 1), _record("relu", 0)])
  assert scores.left([_RELU, _GELU]) == [_RELU]
  assert _scores(tmp_path).left([_RELU, _GELU]) == [_RELU]


def test_records_come_in_the_order_of_the_jobs(tmp_path: Path) -> None:
  scores = _scores(tmp_path)
  scores.add([_record("gelu", 1), _record("relu", 1), _record("other", 0)])
  scores.add([_record("relu", 0), _record("gelu", 0)])
  found = [(r["activation"], r["seed"]) for r in scores.of([_RELU, _GELU])]
  assert found == [("relu", 0), ("relu", 1), ("gelu", 0), ("gelu", 1)]


def test_what_has_a_record_keeps_it(tmp_path: Path) -> None:
  scores = _scores(tmp_path)
  scores.add([_record("relu", 0, 0.25)])
  scores.add([_record("relu", 0, 0.75), _record("relu", 1, 0.75)])
  assert [r["value"] for r in scores.of([_RELU])] == [0.25, 0.75]


def test_groups_of_seeds() -> None:
  assert seed_groups([0, 1, 2, 3, 7], 2) == [(0, 1), (2, 3), (7,)]
  assert seed_groups([5], 4) == [(5,)]
