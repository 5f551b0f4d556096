"""Files of batches: what is read is what was written, or an error."""

import os
import zipfile
from pathlib import Path
from typing import Any
from unittest import mock

import clrs
import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.clrs30.data import feedback_files
from tests.tasks.clrs30.batches import assert_same

SPEC = clrs.SPECS["dijkstra"]


@pytest.fixture(scope="module")
def batch() -> clrs.Feedback:
  sampler, _ = clrs.build_sampler("dijkstra", seed=0, num_samples=3, length=5)
  feedback: clrs.Feedback = sampler.next()
  return feedback


def _reversed(batch: clrs.Feedback) -> clrs.Feedback:
  """The batch with its points in the opposite order."""
  (inputs, hints, lengths), outputs = batch
  return clrs.Feedback(
    clrs.Features(inputs[::-1], hints[::-1], lengths), outputs
  )


def test_batches_and_the_order_of_their_points_are_kept(
  batch: clrs.Feedback, tmp_path: Path
) -> None:
  path = tmp_path / "some.npz"
  written = {"first": batch, "second": _reversed(batch)}
  feedback_files.write(path, written)
  found = feedback_files.read(path, SPEC, "write it anew")
  assert list(found) == ["first", "second"]
  for name, expected in written.items():
    assert_same(found[name], expected)
  assert os.listdir(tmp_path) == ["some.npz"]


def test_an_interrupted_write_leaves_the_file_before(
  batch: clrs.Feedback, tmp_path: Path
) -> None:
  path = tmp_path / "some.npz"
  feedback_files.write(path, {"before": batch})

  def interrupted(file: Any, **arrays: Any) -> None:
    file.write(b"PK")
    raise KeyboardInterrupt

  with (
    mock.patch.object(np, "savez_compressed", interrupted),
    pytest.raises(KeyboardInterrupt),
  ):
    feedback_files.write(path, {"after": batch})
  assert list(feedback_files.read(path, SPEC, "write it anew")) == ["before"]
  assert os.listdir(tmp_path) == ["some.npz"]


def _lose_lengths(path: Path) -> None:
  with np.load(path) as file:
    arrays: dict[str, Any] = {
      name: file[name] for name in file.files if "lengths" not in name
    }
  np.savez(path, **arrays)


def _add_unknown(path: Path) -> None:
  with zipfile.ZipFile(path, "a") as file:
    file.writestr("first/9/unknown.npy", file.read("first/0/pos.npy"))


@pytest.mark.parametrize("damage", [Path.unlink, _lose_lengths, _add_unknown])
def test_a_damaged_file_is_an_error_with_the_remedy(
  damage: Any, batch: clrs.Feedback, tmp_path: Path
) -> None:
  path = tmp_path / "some.npz"
  feedback_files.write(path, {"first": batch})
  damage(path)
  with pytest.raises(
    UserError, match=rf"{path} is damaged or missing \(.*\); write it anew$"
  ):
    feedback_files.read(path, SPEC, "write it anew")
