"""Where a test split lies on disk, as TFDS lays it out."""

import contextlib
import dataclasses
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from harness.core.errors import UserError

# What upstream's archive is called, and the folder it is unpacked to.
OFFICIAL = "CLRS30_v1.0.0"
DATASET, VERSION = "clrs_dataset", "1.0.0"
_DESCRIPTIONS = ("dataset_info.json", "features.json")


@dataclasses.dataclass(frozen=True)
class SplitFolder:
  """The test split of one algorithm, there or not.

  Attributes:
    root: what TFDS calls data_dir.
    algorithm: one of CLRS-30.
  """

  root: Path
  algorithm: str

  @property
  def inside(self) -> tuple[str, ...]:
    """The way from the root."""
    return DATASET, f"{self.algorithm}_test", VERSION

  @property
  def path(self) -> Path:
    return self.root.joinpath(*self.inside)

  @property
  def is_official(self) -> bool:
    """Whether it is upstream's own, perhaps by a link: not ours to change."""
    return OFFICIAL in self.path.resolve().parts

  def missing(self) -> list[str]:
    """Files that describe the split and are not there."""
    return [n for n in _DESCRIPTIONS if not (self.path / n).is_file()]

  @contextlib.contextmanager
  def kept(self, wait: Callable[[], None]) -> Iterator[None]:
    """Nobody who asks for `locked` changes the split meanwhile.

    Args:
      wait: called if another process is changing it.
    """
    with contextlib.ExitStack() as stack:
      # Where no lock can be written, neither can anything else.
      with contextlib.suppress(OSError):
        if not self.is_official:
          _lock(stack.enter_context(self._lock_file()), fcntl.LOCK_SH, wait)
      yield

  @contextlib.contextmanager
  def locked(self, wait: Callable[[], None]) -> Iterator[None]:
    """Has the split alone, among all processes that ask for it this way.

    Args:
      wait: called if another process has it.

    Raises:
      UserError: nothing can be written here.
    """
    with contextlib.ExitStack() as stack:
      try:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _lock(stack.enter_context(self._lock_file()), fcntl.LOCK_EX, wait)
      except OSError as error:
        raise UserError(
          f"can't write {self.path.parent}: {error.strerror}; choose another "
          "--data_dir"
        ) from error
      yield

  def _lock_file(self) -> IO[str]:
    return (self.path.parent / ".lock").open("w")

  def remove(self) -> None:
    """Removes the split; only under the lock, and only what is ours."""
    shutil.rmtree(self.path)

  def remove_leftovers(self) -> None:
    """Removes what builds left that were killed; only under the lock."""
    for leftover in self.path.parent.glob("*incomplete*"):
      shutil.rmtree(leftover)

  @contextlib.contextmanager
  def filling(self) -> Iterator[Path]:
    """A folder that becomes the split in one step, if nothing is raised."""
    # A name of which TFDS and `remove_leftovers` know what it means.
    temporary = self.path.with_name(f"incomplete.{os.getpid()}_{VERSION}")
    temporary.mkdir(parents=True)
    try:
      yield temporary
      temporary.replace(self.path)
    except BaseException:
      shutil.rmtree(temporary)
      raise


def _lock(file: IO[str], kind: int, wait: Callable[[], None]) -> None:
  try:
    fcntl.flock(file, kind | fcntl.LOCK_NB)
  except BlockingIOError:
    wait()
    fcntl.flock(file, kind)
