"""A benchmark that is built in several sittings."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from evolve.proposers.spaces.enumeration import SMALL
from evolve.proposers.spaces.formula import Formula
from evolve.surrogate import actbench, building
from harness.core.workdir import Workdir

_FORMULAS = [SMALL.formula(number) for number in range(100)]


_WRITTEN = ("run.json", "summary.json", building.FILE)


class _StoppedError(Exception):
  pass


class _Trainer:
  """Scores are the lengths of formulas; stops after some calls."""

  def __init__(self, calls: int = 100) -> None:
    self._left = calls
    self.trained: list[tuple[int, int]] = []

  def __call__(self, formulas: Sequence[Formula], seed: int) -> np.ndarray:
    if not self._left:
      raise _StoppedError
    self._left -= 1
    self.trained.append((len(formulas), seed))
    return np.array([len(str(f)) / 100 + seed for f in formulas])


def _build(
  path: Path, seeds: list[int], resume: bool, calls: int = 100
) -> _Trainer:
  trainer = _Trainer(calls)
  workdir = Workdir(str(path), resume=resume)
  building.build(
    _FORMULAS, {"length": trainer}, seeds, {"functions": 100}, workdir
  )
  return trainer


def test_it_goes_on_where_it_was_and_may_grow(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setattr("sys.argv", ["actbench.py"])
  with pytest.raises(_StoppedError):
    _build(tmp_path, [0], resume=False, calls=1)
  assert not (tmp_path / "summary.json").exists()
  assert _build(tmp_path, [0], resume=True).trained == [(36, 0)]
  assert _build(tmp_path, [0, 2], resume=True).trained == [(64, 2), (36, 2)]
  # A finished build stays as it is.
  before = [(tmp_path / n).stat().st_mtime_ns for n in _WRITTEN]
  assert _build(tmp_path, [0, 2], resume=True).trained == []
  assert [(tmp_path / n).stat().st_mtime_ns for n in _WRITTEN] == before
  (tmp_path / building.FILE).unlink()  # And is made again from its scores.
  assert _build(tmp_path, [0, 2], resume=True).trained == []
  bench = actbench.read(tmp_path / building.FILE)
  assert bench.functions == tuple(map(str, _FORMULAS))
  lengths = np.array([len(str(f)) / 100 for f in _FORMULAS])
  np.testing.assert_allclose(
    bench.scores["length"], np.stack([lengths, lengths + 2], 1)
  )
