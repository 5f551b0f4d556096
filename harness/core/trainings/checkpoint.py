"""Unfinished trainings on disk, each in one file."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from harness.core import records
from harness.core.errors import UserError

_INTERVAL = 60.0  # Seconds between two checkpoints of a training.
_RECORD = "record"


class Checkpoint:
  """The last complete state of a training; a crash leaves the one before.

  A file of NumPy's .npz format: the arrays by their place in the state, and a
  record, which is JSON. It also counts the seconds that the training takes.
  """

  def __init__(self, path: Path, settings: Mapping[str, Any]):
    """Makes the file's folder, and begins to count.

    Args:
      path: of the file.
      settings: everything that decides the state, as JSON values.
    """
    self._path = path
    self._settings = dict(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    self._earlier = 0.0  # Seconds, in processes before this one.
    self._opened = self._saved = time.monotonic()

  @property
  def seconds(self) -> float:
    """Seconds of the training, in all processes that worked at it."""
    return self._earlier + time.monotonic() - self._opened

  def is_due(self) -> bool:
    """Returns whether a minute has passed since the last state was saved."""
    return time.monotonic() - self._saved > _INTERVAL

  def save(self, step: int, state: Any, progress: Mapping[str, Any]) -> None:
    """Replaces the state on disk.

    Args:
      step: steps done.
      state: arrays.
      progress: everything else, as JSON values.
    """
    record = {
      "schema_version": records.SCHEMA_VERSION,
      "settings": self._settings,
      "progress": {"step": step, **progress, "seconds": self.seconds},
    }
    text = json.dumps(record).encode()
    arrays: dict[str, Any] = {
      name: np.asarray(leaf) for name, leaf in _by_name(state).items()
    }
    arrays[_RECORD] = np.frombuffer(text, np.uint8)
    with records.replaced(self._path) as file:
      np.savez(file, **arrays)
    self._saved = time.monotonic()

  def progress(self) -> dict[str, Any] | None:
    """The saved step and progress; None if nothing was saved.

    Raises:
      UserError: it is damaged, or of other settings.
    """
    if not self._path.exists():
      return None
    record = json.loads(self._read([_RECORD])[_RECORD].tobytes())
    for name, value in self._settings.items():
      if record["settings"].get(name) != value:
        raise UserError(
          f"checkpoint {self._path} is of {name}="
          f"{record['settings'].get(name)}, not {value}; delete it to begin "
          "this training anew"
        )
    progress: dict[str, Any] = record["progress"]
    self._earlier = progress["seconds"]
    return progress

  def state(self, *, like: Any) -> Any:
    """The saved state, which has the shapes and the devices of `like`.

    Raises:
      UserError: it is damaged.
    """
    expected = _by_name(like)
    found = self._read(expected)
    leaves = [
      self._placed(name, found[name], leaf) for name, leaf in expected.items()
    ]
    return jax.tree.unflatten(jax.tree.structure(like), leaves)

  def discard(self) -> None:
    """Deletes the file, once the training has its record."""
    self._path.unlink(missing_ok=True)

  def _read(self, names: Any) -> dict[str, np.ndarray]:
    try:
      with np.load(self._path, allow_pickle=False) as file:
        return {name: file[name] for name in names}
    # Whatever the formats of NumPy and of ZIP raise.
    except Exception as error:
      raise self._damaged(f"{type(error).__name__}: {error}") from error

  def _placed(self, name: str, found: np.ndarray, like: jax.Array) -> Any:
    if found.dtype.kind == "V":  # NumPy's format has no name for bfloat16.
      found = found.view(like.dtype)
    if (found.shape, found.dtype) != (like.shape, like.dtype):
      raise self._damaged(
        f"{name} is {found.dtype}{list(found.shape)}, not "
        f"{like.dtype}{list(like.shape)}"
      )
    return jax.device_put(found, like.sharding)

  def _damaged(self, reason: str) -> UserError:
    line = reason.strip().split("\n")[0][:200]
    return UserError(
      f"checkpoint {self._path} is damaged ({line}); delete it to begin this "
      "training anew"
    )


def _by_name(state: Any) -> dict[str, jax.Array]:
  leaves, _ = jax.tree_util.tree_flatten_with_path(state)
  return {jax.tree_util.keystr(path): leaf for path, leaf in leaves}
