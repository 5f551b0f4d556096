"""Trainings that go on from visit to visit."""

import dataclasses
import json
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from tasks.clrs30.protocol import SMOKE
from tests.bench.accelerator import archive, clrs_training
from tests.bench.accelerator.visit import Visit

pytestmark = pytest.mark.slow


def _alarm_after(folder: Path, num_saves: int) -> None:
  """Ends the visit as its clock does, after so many checkpoints."""
  seen: set[int] = set()
  while len(seen) < num_saves:
    seen.update(p.stat().st_mtime_ns for p in folder.glob("*.npz"))
    time.sleep(0.05)
  os.kill(os.getpid(), signal.SIGALRM)


def _visit(out: Path, kit: Path) -> int:
  """Steps done when it was cut off."""
  folder = out / clrs_training.RUN / "checkpoints"
  threading.Thread(target=_alarm_after, args=(folder, 2), daemon=True).start()
  clrs_training.measure(Visit("clrs_training", out, kit, 600.0, True))
  (path,) = folder.iterdir()
  with np.load(path) as file:
    record = json.loads(file["record"].tobytes())
  return int(record["progress"]["step"])


def test_a_training_that_is_cut_off_goes_on_at_the_next_visit(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  endless = dataclasses.replace(SMOKE, train_steps=10**6)
  monkeypatch.setattr(clrs_training, "SMOKE", endless)
  monkeypatch.setattr(clrs_training, "_LOST_SECONDS", 0.5)
  first, second = tmp_path / "first", tmp_path / "second"
  for out in (first, second):
    out.mkdir()
  begun = _visit(first, tmp_path)
  archive.unpack(first, second / clrs_training.RUN)
  assert begun < _visit(second, tmp_path)
