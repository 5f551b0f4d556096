"""Runs over groups of seeds: order, records, checkpoints, finished runs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import pytest

from harness.core.errors import UserError
from harness.core.trainings.checkpoint import Checkpoint
from harness.core.trainings.run import begin, train_all
from harness.core.trainings.scores import Scores
from harness.core.trainings.seed_groups import SeedGroup, seed_groups
from harness.core.trainings.status_line import StatusLine
from harness.core.trainings.trainer import Watcher
from harness.core.workdir import Workdir

GROUPS = seed_groups(["bfs"], ["relu", "gelu"], [0, 1, 2], 2)
SETTINGS = {"train_steps": 3}


class Saving:
  """Trains nothing, but saves a checkpoint, and stops at a group once."""

  def __init__(self, stops_at: SeedGroup | None = None):
    self.trained: list[tuple[SeedGroup, bool]] = []
    self.compilations = 0
    self._stops_at = stops_at

  def train(
    self, group: SeedGroup, checkpoint: Checkpoint, watcher: Watcher
  ) -> Sequence[Mapping[str, Any]]:
    self.compilations += 1
    is_resumed = checkpoint.progress() is not None
    self.trained.append((group, is_resumed))
    checkpoint.save(2 if is_resumed else 1, {"weights": jnp.zeros(3)}, {})
    if group == self._stops_at:
      self._stops_at = None
      raise KeyboardInterrupt
    return [{"value": seed / 10} for seed in group.seeds]


def _train(
  path: Path, trainer: Saving, settings: Mapping[str, Any] = SETTINGS
) -> list[str]:
  """Trains what is left; returns the lines of the status line."""
  workdir, scores = Workdir(str(path), resume=True), Scores(path, "algorithm")
  begin(workdir, SETTINGS)
  left, shown = scores.left(GROUPS), list[str]()
  compilations = train_all(
    left,
    trainer,
    scores,
    workdir,
    {"relu": "id1", "gelu": "id2"},
    settings,
    StatusLine(
      GROUPS, len(left), 3, str, str, lambda text: shown.append(text())
    ),
  )
  assert compilations == len(left)
  return shown


def test_groups_are_trained_in_order_and_get_their_records(
  tmp_path: Path,
) -> None:
  trainer = Saving()
  (tmp_path / "checkpoints").mkdir()
  # Left by a process that was killed.
  (tmp_path / "checkpoints" / ".new-1f3a").write_bytes(b"PK")
  shown = _train(tmp_path, trainer)
  assert [group for group, _ in trainer.trained] == GROUPS
  assert shown[0] == "1 of 4: bfs, relu, seed 0,1: compiling for 0:00"
  lines = (tmp_path / "scores.jsonl").read_text().splitlines()
  assert [json.loads(line)["value"] for line in lines] == [0, 0.1, 0.2] * 2
  assert all(json.loads(line)["seconds"] > 0 for line in lines)
  assert not list((tmp_path / "checkpoints").iterdir())
  assert json.loads((tmp_path / "run.json").read_text())["devices"]


def test_an_interrupted_run_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
  trainer = Saving(stops_at=GROUPS[2])
  with pytest.raises(KeyboardInterrupt):
    _train(tmp_path, trainer)
  (kept,) = (tmp_path / "checkpoints").iterdir()
  assert kept.name == "bfs-id2-seed0.npz"
  shown = _train(tmp_path, trainer)
  assert shown[0] == "3 of 4: bfs, gelu, seed 0,1: compiling for 0:00"
  assert trainer.trained[3:] == [(GROUPS[2], True), (GROUPS[3], False)]
  assert not Scores(tmp_path, "algorithm").left(GROUPS)


def test_a_checkpoint_of_other_settings_is_refused(tmp_path: Path) -> None:
  trainer = Saving(stops_at=GROUPS[0])
  with pytest.raises(KeyboardInterrupt):
    _train(tmp_path, trainer)
  with pytest.raises(UserError, match="is of train_steps=3, not 4; delete it"):
    _train(tmp_path, trainer, {"train_steps": 4})
