"""Data sets of TFDS on disk, built where they are missing.

Imports TensorFlow: see `late_import`.
"""

import contextlib
import fcntl
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf
import tensorflow_datasets as tfds

from harness.core import extras
from harness.core.errors import UserError
from tasks.imagenet.data.datasets import Dataset

# Accelerators are for the training; TensorFlow would take all their memory.
tf.config.set_visible_devices([], "GPU")

Say = Callable[[str], None]


def prepared(dataset: Dataset, data_dir: Path, say: Say) -> Any:
  """The builder of a data set, which is on disk with its splits afterwards.

  Args:
    dataset: one of TFDS.
    data_dir: of TFDS; archives that a person must download are expected in its
      downloads/manual, as TFDS does.
    say: is told before a build.

  Returns:
    A tfds.core.DatasetBuilder.

  Raises:
    UserError: the data set is not there and can't be built, or is damaged.
  """
  if os.path.exists(data_dir) and not os.path.isdir(data_dir):
    raise UserError(f"{data_dir} is no directory; choose another --data_dir")
  builder = _builder(dataset, data_dir)
  if not builder.is_prepared():
    _check_archives(dataset, data_dir)
    with _locked(dataset, data_dir, say):
      builder = _builder(dataset, data_dir)
      if not builder.is_prepared():
        say(f"preparing {dataset.name} in {data_dir}, once")
        _build(dataset, data_dir, builder)
  for split in ("train", dataset.test_split):
    if split not in builder.info.splits:
      raise UserError(
        f"{builder.data_path} has no {split} split; remove it, and "
        f"{dataset.name} is prepared anew"
      )
  return builder


@contextlib.contextmanager
def readable(builder: Any) -> Iterator[None]:
  """Turns TensorFlow's errors on damaged files into a UserError."""
  try:
    yield
  except tf.errors.OpError as error:
    raise UserError(
      f"can't read {builder.data_path} ({one_line(error)}); if it is damaged, "
      f"remove it, and {builder.name} is prepared anew"
    ) from error


def one_line(error: BaseException) -> str:
  """The first line of an error's message, shortened."""
  lines = str(error).strip().splitlines() or [type(error).__name__]
  return lines[0][:200]


def _builder(dataset: Dataset, data_dir: Path) -> Any:
  try:
    return tfds.builder(
      f"{dataset.name}:{dataset.version}", data_dir=str(data_dir)
    )
  except ImportError as error:  # TFDS imports some things late.
    raise extras.missing("imagenet", error) from error
  except Exception as error:
    raise UserError(
      f"can't read {data_dir / dataset.name} ({one_line(error)}); if it is "
      f"damaged, remove it, and {dataset.name} is prepared anew"
    ) from error


def _manual_dir(data_dir: Path) -> Path:
  return data_dir / "downloads" / "manual"


def _check_archives(dataset: Dataset, data_dir: Path) -> None:
  folder = _manual_dir(data_dir)
  absent = [n for n in dataset.archives if not os.path.isfile(folder / n)]
  if absent:
    raise UserError(
      f"{data_dir} has no {dataset.name}; put {' and '.join(absent)} into "
      f"{folder} (from https://image-net.org/download-images, by "
      "registration), or pass --data_dir of a directory that has it"
    )


@contextlib.contextmanager
def _locked(dataset: Dataset, data_dir: Path, say: Say) -> Iterator[None]:
  """Lets one process build at a time: two would spoil each other's files."""
  with contextlib.ExitStack() as stack:
    try:
      data_dir.mkdir(parents=True, exist_ok=True)
      lock = stack.enter_context((data_dir / f".{dataset.name}.lock").open("w"))
      try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
      except BlockingIOError:
        say(f"waiting for another process that prepares {dataset.name}")
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
      raise UserError(
        f"can't write {data_dir}: {error.strerror}; choose another --data_dir"
      ) from error
    yield


def _build(dataset: Dataset, data_dir: Path, builder: Any) -> None:
  tfds.disable_progress_bar()
  try:
    # TFDS prints what it does in colours.
    with contextlib.redirect_stdout(io.StringIO()):
      builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(try_download_gcs=False)
      )
  except ImportError as error:
    raise extras.missing("imagenet", error) from error
  except Exception as error:
    raise UserError(
      f"can't prepare {dataset.name} ({one_line(error)}); "
      f"{_way_out(dataset, data_dir)}"
    ) from error


def _way_out(dataset: Dataset, data_dir: Path) -> str:
  folder = _manual_dir(data_dir)
  if dataset.archives:
    return f"see that {' and '.join(dataset.archives)} in {folder} are whole"
  return (
    f"without a network, put its archive into {folder} or copy "
    f"{data_dir / dataset.name} from a machine that has it"
  )
