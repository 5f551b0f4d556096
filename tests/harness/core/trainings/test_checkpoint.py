"""Unfinished trainings on disk: whole, or reported as damaged."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
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
  return State(weights, optimiser, jax.random.PRNGKey(number), weights / 7)


def _assert_same(found: State, expected: State) -> None:
  assert jax.tree.structure(found) == jax.tree.structure(expected)
  for mine, theirs in zip(
    jax.tree.leaves(found), jax.tree.leaves(expected), strict=True
  ):
    assert mine.dtype == theirs.dtype
    assert jnp.array_equal(mine, theirs)


def _files(folder: Path) -> list[Path]:
  """All files but those whose damage orbax logs at length."""
  files = (p for p in folder.rglob("*") if p.is_file())
  return sorted(p for p in files if p.parent.name != "array_metadatas")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
  """A checkpoint of step 3."""
  path = tmp_path_factory.mktemp("saved") / "checkpoint"
  with Checkpoint(path, SETTINGS) as kept:
    kept.save(3, _state(3), PROGRESS)
  return path


@pytest.fixture
def path(saved: Path, tmp_path: Path) -> Path:
  """A copy of it."""
  return Path(shutil.copytree(saved, tmp_path / "checkpoint"))


def _progress(kept: Checkpoint) -> dict[str, Any]:
  """The saved progress, without its time."""
  progress = kept.progress()
  assert progress and progress.pop("seconds") > 0
  return progress


def test_a_saved_state_is_restored(path: Path) -> None:
  with Checkpoint(path, SETTINGS) as kept:
    assert _progress(kept) == {"step": 3, **PROGRESS}
    _assert_same(kept.state(like=_state(1)), _state(3))


def test_a_new_checkpoint_is_empty(tmp_path: Path) -> None:
  with Checkpoint(tmp_path / "not" / "there", SETTINGS) as kept:
    assert kept.progress() is None


def test_only_the_last_is_kept(path: Path) -> None:
  with Checkpoint(path, SETTINGS) as kept:
    for step in (4, 5):
      kept.save(step, _state(step), PROGRESS)
      assert [p.name for p in path.iterdir()] == [str(step)]
  with Checkpoint(path, SETTINGS) as kept:
    assert _progress(kept) == {"step": 5, **PROGRESS}
    _assert_same(kept.state(like=_state(1)), _state(5))


def test_seconds_are_counted_over_all_processes(
  path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  now = [100.0]
  monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])
  with Checkpoint(path.parent / "new", SETTINGS) as first:
    now[0] += 7.0
    first.save(1, _state(1), PROGRESS)
    now[0] += 100.0  # Lost: no state was saved after them.
  with Checkpoint(path.parent / "new", SETTINGS) as second:
    assert second.progress()
    now[0] += 3.0
    assert second.seconds == 10.0


def test_a_checkpoint_is_due_every_minute(
  path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  now = [100.0]
  monkeypatch.setattr(checkpoint.time, "monotonic", lambda: now[0])
  with Checkpoint(path, SETTINGS) as opened:
    now[0] += 60.0
    assert not opened.is_due()
    now[0] += 1.0
    assert opened.is_due()
    opened.save(4, _state(4), PROGRESS)
    assert not opened.is_due()


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
  with (
    Checkpoint(saved, SETTINGS | {name: value}) as kept,
    pytest.raises(UserError, match=f"is of {line}; delete it to begin"),
  ):
    kept.progress()


def _empty(file: Path) -> None:
  file.write_bytes(b"")


def _halve(file: Path) -> None:
  file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _flip(file: Path) -> None:
  data = bytearray(file.read_bytes())
  data[len(data) // 2] ^= 0xFF
  file.write_bytes(data)


@pytest.mark.parametrize("damage", [Path.unlink, _empty, _halve, _flip])
def test_damage_to_any_file_is_an_error_or_harmless(
  damage: Callable[[Path], None], tmp_path: Path
) -> None:
  # One array: orbax says at length that it leaves others unread.
  nothing: Any = ()
  state = State(jnp.arange(9.0), nothing, nothing, nothing)
  saved = tmp_path / "saved"
  with Checkpoint(saved, SETTINGS) as kept:
    kept.save(3, state, PROGRESS)
  errors: list[str] = []
  for number, file in enumerate(_files(saved)):
    path = Path(shutil.copytree(saved, tmp_path / str(number)))
    damage(path / file.relative_to(saved))
    with Checkpoint(path, SETTINGS) as kept:
      try:
        assert _progress(kept) == {"step": 3, **PROGRESS}
        _assert_same(kept.state(like=state), state)
      except UserError as error:
        errors.append(str(error))
        assert str(error).startswith(f"checkpoint {path} is damaged (")
        assert str(error).endswith("; delete it to begin this training anew")
        assert len(error.args[0].splitlines()) == 1
        assert len(str(error)) < 500
  assert len(errors) >= 3


def test_an_interrupted_save_leaves_the_one_before(
  path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  """The renames of a save are left out one by one."""
  rename, left = os.rename, 0

  def killed(*paths: Any, **options: Any) -> None:
    nonlocal left
    left -= 1
    if left < 0:
      raise KeyboardInterrupt
    rename(*paths, **options)

  for num_renames in range(3):
    left = num_renames
    with Checkpoint(path, SETTINGS) as kept, monkeypatch.context() as m:
      m.setattr(os, "rename", killed)
      with pytest.raises(KeyboardInterrupt):
        kept.save(4, _state(4), PROGRESS)
    assert len(list(path.iterdir())) == 2
    with Checkpoint(path, SETTINGS) as kept:
      assert _progress(kept) == {"step": 3, **PROGRESS}
      _assert_same(kept.state(like=_state(1)), _state(3))
  with Checkpoint(path, SETTINGS) as kept:
    kept.save(4, _state(4), PROGRESS)
    _assert_same(kept.state(like=_state(1)), _state(4))
  assert [p.name for p in path.iterdir()] == ["4"]


def test_a_discarded_checkpoint_is_deleted(path: Path) -> None:
  with Checkpoint(path, SETTINGS) as kept:
    kept.save(4, _state(4), PROGRESS)
    kept.discard()
  assert not path.exists()
  with Checkpoint(path, SETTINGS) as kept:
    assert kept.progress() is None
