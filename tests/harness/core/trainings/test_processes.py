"""Trainings in several real processes."""

import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.core.errors import UserError
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.processes import in_processes
from harness.core.trainings.seed_groups import SeedGroup, seed_groups
from harness.core.trainings.status_line import StatusLine, TrainingProgress
from harness.core.trainings.trainer import Training, Watcher

UNITS = [
  seed_groups(["bfs"], [activation], seeds, 1)
  for activation, seeds in (("relu", (0, 1)), ("gelu", (0,)))
]


class Fake:
  """Trains nothing; fails at a group in a given way."""

  def __init__(self, fails_at: SeedGroup | None = None, way: str = ""):
    self.compilations = 0
    self._fails_at, self._way = fails_at, way
    self._num_trained = 0

  def train(
    self, group: SeedGroup, checkpoint: Checkpoint, watcher: Watcher
  ) -> Sequence[dict[str, Any]]:
    watcher.stage("compiling")
    self.compilations += 2
    if group == self._fails_at:
      self._fail()
    watcher.show(TrainingProgress(1, 0.5, 0.25))
    self._num_trained += 1
    return [
      {
        "process": os.getpid(),
        "cores": sorted(os.sched_getaffinity(0)),
        "num_trained": self._num_trained,
      }
    ]

  def _fail(self) -> None:
    match self._way:
      case "user":
        raise UserError("no room; buy some")
      case "bug":
        raise ZeroDivisionError
      case "killed":
        os.kill(os.getpid(), signal.SIGKILL)
      case "hangs":
        time.sleep(600)


def _trainings(tmp_path: Path) -> list[list[Training]]:
  return [
    [Training(group, tmp_path / group.file_name("id"), {}) for group in unit]
    for unit in UNITS
  ]


def _line() -> StatusLine:
  groups = [group for unit in UNITS for group in unit]
  return StatusLine(groups, len(groups), 1, str, str, lambda text: None)


@pytest.mark.parametrize("jobs", [2, pytest.param(9, marks=pytest.mark.slow)])
def test_each_process_trains_units_on_its_share_of_the_cores(
  jobs: int, tmp_path: Path
) -> None:
  ended = list(in_processes(_trainings(tmp_path), Fake(), _line(), jobs))
  found = {training.group: outcome for training, outcome in ended}
  assert found.keys() == {group for unit in UNITS for group in unit}
  (first, second), (other,) = (
    [found[group].results[0] for group in unit] for unit in UNITS
  )
  assert first["process"] == second["process"] != other["process"]
  assert (second["num_trained"], other["num_trained"]) == (2, 1)
  assert all(outcome.compilations == 2 for outcome in found.values())
  cores = os.sched_getaffinity(0)
  assert {*first["cores"], *other["cores"]} == cores
  if len(cores) > 1:
    assert not {*first["cores"]} & {*other["cores"]}
  assert not multiprocessing.active_children()


@pytest.mark.parametrize(
  ("way", "error", "message"),
  [
    ("user", UserError, "^no room; buy some$"),
    pytest.param(
      "bug", RuntimeError, "ZeroDivisionError", marks=pytest.mark.slow
    ),
    ("killed", UserError, r"bfs, gelu, seed 0 died \(exit code -9\); is there"),
  ],
)
def test_a_failure_ends_all_processes(
  way: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
  fails_at = UNITS[1][0]
  with pytest.raises(error, match=message):
    list(in_processes(_trainings(tmp_path), Fake(fails_at, way), _line(), 2))
  assert not multiprocessing.active_children()


def test_an_interrupted_run_leaves_no_process(tmp_path: Path) -> None:
  ended = in_processes(
    _trainings(tmp_path), Fake(UNITS[0][1], "hangs"), _line(), 2
  )
  next(ended)
  assert len(multiprocessing.active_children()) >= 2
  ended.close()  # As by KeyboardInterrupt.
  assert not multiprocessing.active_children()
