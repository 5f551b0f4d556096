"""Unfinished trainings on disk: whole, or reported as damaged."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core.errors import UserError
from harness.core.trainings import checkpoint
from harness.core.trainings.checkpoint import Checkpoint


class State(NamedTuple):
  """The state of a training: weights, an optimiser's tree, a key."""

  weights: jax.Array
  optimiser: Any
  key: jax.Array
  best: jax.Array


SETTINGS = {"algorithm": "bfs", "train_lengths": [4, 5], "learning_rate": 1e-3}
PROGRESS = {"validations": [{"best": 0.1, "diverged_step": None}]}


def _state(number: int) -> State:
  weights = jnp.arange(5, dtype=jnp.float32) / number
  optimiser = ({"mu": jnp.full(5, number / 3)}, jnp.int32(number))
  best = (weights / 7).astype(jnp.bfloat16)
  return State(weights, optimiser, jax.random.PRNGKey(number), best)


def _assert_same(found: State, expected: State) -> None:
  assert jax.tree.structure(found) == jax.tree.structure(expected)
  for mine, theirs in zip(
    jax.tree.leaves(found), jax.tree.leaves(expected), strict=True
  ):
    assert mine.dtype == theirs.dtype
    assert jnp.array_equal(mine, theirs)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """A checkpoint of step 3."""
  path = tmp_path_factory.mktemp("saved") / "checkpoint.npz"
  Checkpoint(path, SETTINGS).save(3, _state(3), PROGRESS)
  return path


@pytest.fixture
def path(saved: Path, tmp_path: Path) -> Path:
  """A copy of it."""
  return Path(shutil.copy(saved, tmp_path))


def _progress(kept: Checkpoint) -> dict[str, Any]:
  """The saved progress, without its time."""
  progress = kept.progress()
  assert progress and progress.pop("seconds") > 0
  return progress


def test_a_saved_state_is_restored(path: Path) -> None:
  kept = Checkpoint(path, SETTINGS)
  assert _progress(kept) == {"step": 3, **PROGRESS}
  _assert_same(kept.state(like=_state(1)), _state(3))


def test_a_restored_state_is_where_the_given_one_is(path: Path) -> None:
  like = jax.device_put(_state(1), jax.devices()[-1])
  for leaf in jax.tree.leaves(Checkpoint(path, SETTINGS).state(like=like)):
    assert leaf.devices() == {jax.devices()[-1]}


def test_a_new_checkpoint_is_empty(tmp_path: Path) -> None:
  kept = Checkpoint(tmp_path / "not" / "there.npz", SETTINGS)
  assert kept.progress() is None


def test_only_the_last_is_kept(path: Path) -> None:
  kept = Checkpoint(path, SETTINGS)
  for step in (4, 5):
    kept.save(step, _state(step), PROGRESS)
    assert list(path.parent.iterdir()) == [path]
  again = Checkpoint(path, SETTINGS)
  assert _progress(again) == {"step": 5, **PROGRESS}
  _assert_same(again.state(like=_state(1)), _state(5))


def test_seconds_are_counted_over_all_processes(
  path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  now = [100.0]
  monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])
  new = path.with_name("new.npz")
  first = Checkpoint(new, SETTINGS)
  now[0] += 7.0
  first.save(1, _state(1), PROGRESS)
  now[0] += 100.0  # Lost: no state was saved after them.
  second = Checkpoint(new, SETTINGS)
  assert second.progress()
  now[0] += 3.0
  assert second.seconds == 10.0


def test_a_checkpoint_is_due_every_minute(
  path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  now = [100.0]
  monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])
  kept = Checkpoint(path, SETTINGS)
  now[0] += 60.0
  assert not kept.is_due()
  now[0] += 1.0
  assert kept.is_due()
  kept.save(4, _state(4), PROGRESS)
  assert not kept.is_due()


@pytest.mark.parametrize(
  ("name", "value", "line"),
  [
    ("algorithm", "dfs", "algorithm=bfs, not dfs"),
    ("train_lengths", [4], r"train_lengths=\[4, 5\], not \[4\]"),
    ("hidden_size", 8, "hidden_size=None, not 8"),
  ],
)
def test_other_settings_are_refused(
  saved: Path, name: str, value: Any, line: str
) -> None:
  kept = Checkpoint(saved, SETTINGS | {name: value})
  with pytest.raises(UserError, match=f"is of {line}; delete it to begin"):
    kept.progress()


def test_another_shape_is_refused(path: Path) -> None:
  like = _state(1)._replace(weights=jnp.zeros(6))
  message = r"damaged \(\.weights is float32\[5\], not float32\[6\]\); delete"
  with pytest.raises(UserError, match=message):
    Checkpoint(path, SETTINGS).state(like=like)


def _halve(data: bytes) -> bytes:
  return data[: len(data) // 2]


def _empty(data: bytes) -> bytes:
  return b""


def _flipped(place: int) -> Callable[[bytes], bytes]:
  def flip(data: bytes) -> bytes:
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]

  return flip


def test_damage_is_an_error_or_harmless(saved: Path, tmp_path: Path) -> None:
  """Every seventh byte is flipped, one after the other."""
  whole = saved.read_bytes()
  flips = [_flipped(place) for place in range(0, len(whole), 7)]
  errors: list[str] = []
  path = tmp_path / "checkpoint.npz"
  for damage in (_empty, _halve, *flips):
    path.write_bytes(damage(whole))
    kept = Checkpoint(path, SETTINGS)
    try:
      assert _progress(kept) == {"step": 3, **PROGRESS}
      _assert_same(kept.state(like=_state(1)), _state(3))
    except UserError as error:
      errors.append(str(error))
      assert str(error).startswith(f"checkpoint {path} is damaged (")
      assert str(error).endswith("; delete it to begin this training anew")
      assert len(error.args[0].splitlines()) == 1
      assert len(str(error)) < 500
  assert len(errors) > len(flips) / 4


def test_an_interrupted_save_leaves_the_one_before(
  path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  def torn(file: Any, **arrays: Any) -> None:
    file.write(b"PK")
    raise KeyboardInterrupt

  kept = Checkpoint(path, SETTINGS)
  with monkeypatch.context() as patch:
    patch.setattr(np, "savez", torn)
    with pytest.raises(KeyboardInterrupt):
      kept.save(4, _state(4), PROGRESS)
  assert list(path.parent.iterdir()) == [path]
  _assert_same(kept.state(like=_state(1)), _state(3))


def test_what_another_training_writes_is_left_alone(path: Path) -> None:
  other = path.with_name(".new-1f3a")
  other.write_bytes(b"PK")
  Checkpoint(path, SETTINGS)
  assert other.exists()


def test_a_discarded_checkpoint_is_deleted(path: Path) -> None:
  kept = Checkpoint(path, SETTINGS)
  kept.discard()
  assert not path.exists()
  assert kept.progress() is None
