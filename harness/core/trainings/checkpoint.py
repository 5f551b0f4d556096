"""Unfinished trainings on disk, by orbax."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import orbax.checkpoint as ocp

from harness.core.errors import UserError

_UNFINISHED = ".orbax-checkpoint-tmp"
_INTERVAL = 60.0  # Seconds between two checkpoints of a training.


class Checkpoint:
  """The last complete state of a training; a crash leaves the one before.

  It also counts the seconds that the training takes.
  """

  def __init__(self, path: Path, settings: Mapping[str, Any]):
    """Opens or makes the folder, and begins to count.

    Args:
      path: the folder.
      settings: everything that decides the state, as JSON values.
    """
    self._path = path.absolute()
    self._settings = dict(settings)
    options = ocp.CheckpointManagerOptions(
      max_to_keep=1,
      enable_async_checkpointing=False,
    )
    # Orbax would do it in a thread that nobody waits for.
    for leftover in self._path.glob(f"*{_UNFINISHED}"):
      shutil.rmtree(leftover)
    self._manager = ocp.CheckpointManager(self._path, options=options)
    self._earlier = 0.0  # Seconds, in processes before this one.
    self._opened = self._saved = time.monotonic()

  @property
  def seconds(self) -> float:
    """Seconds of the training, in all processes that worked at it."""
    return self._earlier + time.monotonic() - self._opened

  def is_due(self) -> bool:
    """Returns whether a minute has passed since the last state was saved."""
    return time.monotonic() - self._saved > _INTERVAL

  def __enter__(self) -> "Checkpoint":
    return self

  def __exit__(self, *error: object) -> None:
    self._manager.close()

  def save(self, step: int, state: Any, progress: Mapping[str, Any]) -> None:
    """Replaces the state on disk.

    Args:
      step: steps done.
      state: arrays.
      progress: everything else, as JSON values.
    """
    record = {
      "settings": self._settings,
      "progress": {"step": step, **progress, "seconds": self.seconds},
    }
    self._manager.save(
      step,
      args=ocp.args.Composite(
        state=ocp.args.StandardSave(state), record=ocp.args.JsonSave(record)
      ),
    )
    self._saved = time.monotonic()

  def progress(self) -> dict[str, Any] | None:
    """The saved step and progress; None if nothing was saved.

    Raises:
      UserError: it is damaged, or of other settings.
    """
    if self._manager.latest_step() is None:
      return None
    record = self._restore(record=ocp.args.JsonRestore()).record
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
    """The saved state, which has the shapes of `like`.

    Raises:
      UserError: it is damaged.
    """
    shapes = jax.tree.map(ocp.utils.to_shape_dtype_struct, like)
    restored = self._restore(state=ocp.args.StandardRestore(shapes)).state
    return jax.tree.unflatten(
      jax.tree.structure(like), jax.tree.leaves(restored)
    )

  def discard(self) -> None:
    """Deletes the folder, once the training has its record."""
    self._manager.close()
    shutil.rmtree(self._path)

  def _restore(self, **items: Any) -> Any:
    try:
      return self._manager.restore(
        self._manager.latest_step(), args=ocp.args.Composite(**items)
      )
    # Whatever its storage, its formats and its checks raise.
    except Exception as error:
      reason = str(error).strip().split("\n")[0][:200]
      raise UserError(
        f"checkpoint {self._path} is damaged ({type(error).__name__}: "
        f"{reason}); delete it to begin this training anew"
      ) from error
