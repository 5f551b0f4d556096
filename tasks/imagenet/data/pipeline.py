"""Training and test batches of any data set, for any process.

All but ImageNet are read once and held in memory, decoded. ImageNet is read
from its files in each epoch; where there is memory to keep them, the operating
system does.
"""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from harness.core.errors import UserError
from tasks.imagenet.data import idx_files
from tasks.imagenet.data.batches import Batch, Shard
from tasks.imagenet.data.datasets import Dataset
from tasks.imagenet.data.in_memory import InMemory
from tasks.imagenet.data.late_import import late_import


def _silent(line: str) -> None:
  pass


class Sizes(NamedTuple):
  """Numbers of images; fewer than published if an archive held fewer."""

  train: int
  test: int

  def steps_per_epoch(self, batch_size: int, process_count: int = 1) -> int:
    """Full batches of an epoch; the images left over differ between epochs."""
    return self.train // (batch_size * process_count)


class Source(Protocol):
  """Batches of one data set, from memory or from files.

  Attributes:
    num_train: images to train on.
    num_test: images to test on.
  """

  num_train: int
  num_test: int

  def training(
    self, batch_size: int, seed: int, start_step: int, shard: Shard
  ) -> Iterator[Batch]:
    """See `training_batches`."""

  def testing(self, batch_size: int, shard: Shard) -> Iterator[Batch]:
    """See `test_batches`."""


def prepare(
  dataset: Dataset,
  data_dir: Path | None = None,
  say: Callable[[str], None] = _silent,
) -> Sizes:
  """Returns the sizes of a data set; downloads and builds it if need be.

  Args:
    dataset: see `datasets.by_name`.
    data_dir: of TFDS; a data set that is not from TFDS needs none.
    say: is told before a build, which takes minutes for CIFAR-10 and hours for
      ImageNet, once.

  Raises:
    UserError: the data set is not there and can't be built; says why.
  """
  if dataset.version is not None and not _has_idx_files(dataset, data_dir):
    _builder(dataset, data_dir, say)
  source = _source(dataset, data_dir)
  return Sizes(source.num_train, source.num_test)


def training_batches(
  dataset: Dataset,
  data_dir: Path | None,
  batch_size: int,
  seed: int,
  *,
  start_step: int = 0,
  image_size: int | None = None,
  process_index: int = 0,
  process_count: int = 1,
) -> Iterator[Batch]:
  """Augmented batches without end, the same for the same arguments.

  A later start gives, bit for bit, the batches from 0 after as many steps. In
  each epoch every process takes its own part of the images, in a new order;
  images that would not fill a batch at the end are left out.

  Args:
    dataset: see `datasets.by_name`.
    data_dir: of TFDS; a data set that is not from TFDS needs none.
    batch_size: B, images of each process in each step.
    seed: of order and augmentation, from 0.
    start_step: the step whose batch comes first.
    image_size: H and W of ImageNet; 224 if None.
    process_index: of this process.
    process_count: processes that train together.

  Raises:
    UserError: as `prepare`; the data set has no images of that size; a step
      takes more images than there are.
  """
  source = _source(dataset, data_dir, image_size)
  if batch_size * process_count > source.num_train:
    raise UserError(
      f"{dataset.name} has {source.num_train} images to train on, too few for "
      f"batches of {batch_size * process_count}; choose a smaller --batch_size"
    )
  shard = Shard(process_index, process_count)
  return source.training(batch_size, seed, start_step, shard)


def test_batches(
  dataset: Dataset,
  data_dir: Path | None,
  batch_size: int,
  *,
  image_size: int | None = None,
  process_index: int = 0,
  process_count: int = 1,
) -> Iterator[Batch]:
  """Batches of all test images, each once, not augmented, in a fixed order.

  Each process takes its own part, in as many batches as every other; padding
  is zero, in the mask too.

  Args:
    dataset: see `datasets.by_name`.
    data_dir: of TFDS; a data set that is not from TFDS needs none.
    batch_size: B, images of each process in each batch.
    image_size: H and W of ImageNet; 224 if None.
    process_index: of this process.
    process_count: processes that test together.

  Raises:
    UserError: as `prepare`; the data set has no images of that size.
  """
  source = _source(dataset, data_dir, image_size)
  return source.testing(batch_size, Shard(process_index, process_count))


def _source(
  dataset: Dataset, data_dir: Path | None, image_size: int | None = None
) -> Source:
  usual, _, _ = dataset.image_shape
  if not dataset.is_held:
    builder = _builder(dataset, data_dir, _silent)
    size = image_size or usual
    source: Source = late_import("image_files").ImageFiles(
      dataset, builder, size
    )
    return source
  if image_size not in (None, usual):
    raise UserError(
      f"images of {dataset.name} are {usual} x {usual}, not {image_size} x "
      f"{image_size}; leave the image size out"
    )
  return _held(dataset, data_dir)


@functools.lru_cache(maxsize=1)  # Of CIFAR-10 and CIFAR-100: 184 MB.
def _held(dataset: Dataset, data_dir: Path | None) -> Source:
  if dataset.version is None:
    digits = late_import("digits")
    return InMemory(dataset, digits.read("train"), digits.read("test"))
  if data_dir and _has_idx_files(dataset, data_dir):
    return InMemory(
      dataset,
      *(
        idx_files.read(data_dir, split, dataset) for split in ("train", "test")
      ),
    )
  builder = _builder(dataset, data_dir, _silent)
  files = late_import("image_files")
  return InMemory(
    dataset,
    files.decoded(builder, "train"),
    files.decoded(builder, dataset.test_split),
  )


def _has_idx_files(dataset: Dataset, data_dir: Path | None) -> bool:
  return bool(dataset.has_idx_files and data_dir and idx_files.are_in(data_dir))


def _builder(
  dataset: Dataset, data_dir: Path | None, say: Callable[[str], None]
) -> Any:
  if data_dir is None:
    raise ValueError(f"{dataset.name} is read from a data_dir")
  return late_import("tfds_builder").prepared(dataset, data_dir, say)
