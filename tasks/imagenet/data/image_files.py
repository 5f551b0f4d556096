"""Batches of encoded images that are read from files, through tf.data.

Imports TensorFlow: see `late_import`.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from harness.core.errors import UserError
from tasks.imagenet.data import crops
from tasks.imagenet.data.batches import Batch, Shard, full, padded
from tasks.imagenet.data.datasets import Dataset
from tasks.imagenet.data.in_memory import Images
from tasks.imagenet.data.tfds_builder import one_line, readable

# Images (of 0.1 MB at ImageNet) among which the next one is drawn. Files are
# read in random order, 16 at a time, and TFDS shuffled what is in them.
_SHUFFLE_BUFFER = 8192
_FILES_AT_A_TIME = 16


class ImageFiles:
  """A source of batches (see `pipeline.Source`) that reads files anew."""

  def __init__(self, dataset: Dataset, builder: Any, image_size: int):
    """Takes a builder from `tfds_builder.prepared`."""
    self._dataset = dataset
    self._builder = builder
    self._image_size = image_size
    splits = builder.info.splits
    self.num_train: int = splits["train"].num_examples
    self.num_test: int = splits[dataset.test_split].num_examples

  def training(
    self, batch_size: int, seed: int, start_step: int, shard: Shard
  ) -> Iterator[Batch]:
    """Batches; a process reads the same part of the files in every epoch."""
    steps = self.num_train // (batch_size * shard.count)
    for epoch in itertools.count(start_step // steps):
      left = range(max(0, start_step - epoch * steps), steps)
      yield from self._epoch(seed, epoch, left, batch_size, shard)

  def _epoch(
    self, seed: int, epoch: int, steps: range, batch_size: int, shard: Shard
  ) -> Iterator[Batch]:
    entropy = np.random.SeedSequence([seed, epoch, shard.index, shard.count])
    file_seed, order_seed, *image_seed = entropy.generate_state(4).tolist()
    augmentation = self._dataset.augmentation

    def image_of(index: Any, example: Any) -> Any:
      keys = tf.random.split(tf.random.fold_in(image_seed, index))
      encoded = example["image"]
      if augmentation.crop:
        image = crops.random_crop(encoded, self._image_size, keys[0])
      else:
        image = crops.central_crop(encoded, self._image_size)
      if augmentation.flip:
        image = tf.image.stateless_random_flip_left_right(image, keys[1])
      return image

    def examples() -> Any:
      found = self._encoded("train", shard, file_seed)
      found = found.shuffle(_SHUFFLE_BUFFER, order_seed).enumerate()
      # Skipped images are read but not decoded.
      return found.take(steps.stop * batch_size).skip(steps.start * batch_size)

    for images, labels in self._arrays(examples, image_of, batch_size):
      yield full(images, labels)

  def testing(self, batch_size: int, shard: Shard) -> Iterator[Batch]:
    """Batches in the order of the files."""

    def image_of(_: Any, example: Any) -> Any:
      return crops.central_crop(example["image"], self._image_size)

    arrays: Iterator[tuple[np.ndarray, np.ndarray]] = iter(())
    if shard.of(self.num_test):
      arrays = self._arrays(
        lambda: self._encoded(self._dataset.test_split, shard).enumerate(),
        image_of,
        batch_size,
      )
    shape = (0, self._image_size, self._image_size, 3)
    none = np.zeros(shape, np.float32), np.zeros(0)
    for _ in range(shard.num_batches(self.num_test, batch_size)):
      images, labels = next(arrays, none)
      yield padded(images, labels, batch_size)

  def _encoded(
    self, split: str, shard: Shard, file_seed: int | None = None
  ) -> Any:
    """Encoded examples; a seed, if given, draws the order of their files."""
    return self._builder.as_dataset(
      split=tfds.even_splits(split, shard.count)[shard.index],
      shuffle_files=file_seed is not None,
      decoders={"image": tfds.decode.SkipDecoding()},
      read_config=tfds.ReadConfig(
        shuffle_seed=file_seed,
        interleave_cycle_length=_FILES_AT_A_TIME,
        try_autocache=False,
        skip_prefetch=True,
      ),
    )

  def _arrays(
    self,
    examples: Callable[[], Any],
    image_of: Callable[[Any, Any], Any],
    batch_size: int,
  ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields normalised images and labels, batch by batch.

    Args:
      examples: opens encoded examples and their numbers, the same each time.
      image_of: decodes one.
      batch_size: of all batches but the last.

    Raises:
      UserError: a file or an image is damaged.
    """
    mean = tf.constant(self._dataset.mean)
    std = tf.constant(self._dataset.std)

    def normalised(index: Any, example: Any) -> tuple[Any, Any]:
      return (image_of(index, example) - mean) / std, example["label"]

    arrays = (
      examples()
      .map(normalised, tf.data.AUTOTUNE, deterministic=True)
      .batch(batch_size)
      .prefetch(tf.data.AUTOTUNE)
      .as_numpy_iterator()
    )
    for taken in itertools.count(step=batch_size):
      with readable(self._builder):
        try:
          batch = next(arrays, None)
        except tf.errors.OpError:
          self._check(examples().skip(taken).take(batch_size), image_of)
          raise
      if batch is None:
        return
      yield batch

  def _check(self, examples: Any, image_of: Callable[[Any, Any], Any]) -> None:
    """Raises a UserError that names the first image that can't be decoded."""
    for index, example in examples:
      try:
        image_of(index, example)
      except tf.errors.OpError as error:
        name = example["file_name"].numpy().decode()
        archives = " or ".join(self._dataset.archives)
        raise UserError(
          f"the image {name} can't be decoded ({one_line(error)}); put a whole "
          f"copy of its archive, {archives}, into downloads/manual of "
          f"--data_dir, remove {self._builder.data_path}, and "
          f"{self._builder.name} is prepared anew"
        ) from error


def decoded(builder: Any, split: str) -> Images:
  """A whole split in memory, in the order of the files.

  Raises:
    UserError: a file is damaged.
  """
  with readable(builder):
    examples = builder.as_dataset(split=split, batch_size=-1)
    pixels, labels = examples["image"].numpy(), examples["label"].numpy()
  return Images(pixels, labels.astype(np.int32))
