"""The benchmark's test splits through upstream's TFDS builder.

Imports TensorFlow, so this is for a process of its own (see split_process).
"""

import contextlib
import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import clrs
import tensorflow as tf
import tensorflow_datasets as tfds
from clrs._src import dataset, samplers

from harness.core.errors import UserError
from tasks.clrs30.data.splits.archive import damaged_archive, unpack
from tasks.clrs30.data.splits.folder import OFFICIAL, SplitFolder
from tasks.clrs30.data.splits.joining import joined
from tasks.clrs30.data.splits.transfer import one_line

Say = Callable[[str], None]
_BATCH = 32  # Divides the size of every split; all of quickselect is 3 GB.
# Reasons not to read that say nothing against what is on disk.
_NO_DAMAGE = (
  ImportError,
  MemoryError,
  PermissionError,
  tf.errors.PermissionDeniedError,
  tf.errors.ResourceExhaustedError,
)


class DamagedError(Exception):
  """What is on disk is not the whole split."""


def read_test_split(algorithm: str, data_dir: Path, say: Say) -> clrs.Feedback:
  """All samples of a test split, in the benchmark's order, each once.

  It is looked for where TFDS puts it, in upstream's archive as its example
  unpacks it, and in that archive itself; else, or if what TFDS put there is
  damaged, it is built.

  Args:
    algorithm: one of CLRS-30.
    data_dir: of TFDS.
    say: told what is going on.

  Returns:
    Inputs and outputs [N, ...], hints [T, N, ...], as upstream's
    `create_dataset` gives them in one batch.

  Raises:
    UserError: upstream's copy is damaged, or `data_dir` can't be written.
  """
  if data_dir.name == OFFICIAL:
    data_dir = data_dir.parent
  ours = SplitFolder(data_dir, algorithm)
  official = SplitFolder(data_dir / OFFICIAL, algorithm)

  def wait() -> None:
    say(f"waiting for another process with the test split of {algorithm}")

  for split in (ours, official):
    if split.path.exists():
      with contextlib.suppress(DamagedError), split.kept(wait):
        say(f"reading the test split of {algorithm}")
        return _read(split)
  with ours.locked(wait):
    return _make(ours, say)


def _make(split: SplitFolder, say: Say) -> clrs.Feedback:
  say(f"reading the test split of {split.algorithm}")
  again = ""
  if split.path.exists():
    try:
      return _read(split)  # Another process made it meanwhile.
    except DamagedError as damage:
      again = f" anew, what was there is damaged ({damage})"
      split.remove()
  split.remove_leftovers()
  archive = split.root / f"{OFFICIAL}.tar.gz"
  if not archive.exists():
    say(f"building the test split of {split.algorithm}{again}")
    _build(split)
    return _read(split)
  say(f"unpacking the test split of {split.algorithm}{again}")
  unpack(archive, split)
  try:
    return _read(split)
  except DamagedError as damage:
    split.remove()
    raise damaged_archive(archive, f"is damaged ({damage})") from damage


def _read(split: SplitFolder) -> clrs.Feedback:
  """The split that is there.

  Raises:
    DamagedError: not all of it is there.
    UserError: nor is it ours to repair.
  """
  try:
    return _load(split)
  except DamagedError as damage:
    if split.is_official:
      raise UserError(
        f"{split.path} is damaged ({damage}); unpack the archive again, or "
        f"move {OFFICIAL} away and the split is built here"
      ) from damage
    raise


def _load(split: SplitFolder) -> clrs.Feedback:
  if missing := split.missing():
    raise DamagedError(f"no {' and no '.join(missing)}")
  settings = clrs.CLRS_30_ALGS_SETTINGS[split.algorithm]
  expected = (
    clrs.CLRS30["test"]["num_samples"] * settings["num_samples_multiplier"]
  )
  try:
    for file in split.path.iterdir():  # TFDS hides that it may not read one.
      file.open("rb").close()
    batches, found, _ = dataset.create_dataset(
      os.fspath(split.root), split.algorithm, "test", _BATCH
    )
    if found != expected:
      raise DamagedError(f"{found} samples in place of {expected}")
    return joined(batches.as_numpy_iterator(), expected // _BATCH)
  except (DamagedError, *_NO_DAMAGE):
    raise
  except Exception as error:
    raise DamagedError(one_line(error)) from error


def _build(split: SplitFolder) -> None:
  tfds.disable_progress_bar()
  with _sampling_once():
    builder = dataset.CLRSDataset(
      config=f"{split.algorithm}_test", data_dir=os.fspath(split.root)
    )
    builder.download_and_prepare(
      # All is computed here; no network is asked.
      download_config=tfds.download.DownloadConfig(try_download_gcs=False)
    )


@contextlib.contextmanager
def _sampling_once() -> Iterator[None]:
  """Halves the time of a build: upstream samples for the shapes, then anew."""
  build_sampler = samplers.build_sampler
  samplers.build_sampler = functools.cache(build_sampler)
  try:
    yield
  finally:
    samplers.build_sampler = build_sampler
