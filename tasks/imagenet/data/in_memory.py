"""Batches of a data set that fits into memory, decoded; NumPy only."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tasks.imagenet.data.batches import Batch, Shard, full, padded
from tasks.imagenet.data.datasets import Augmentation, Dataset


class Images(NamedTuple):
  """All images of a split.

  Attributes:
    pixels: uint8 [N, H, W, C].
    labels: int32 [N].
  """

  pixels: np.ndarray
  labels: np.ndarray


class InMemory:
  """A source of batches (see `pipeline.Source`) that holds all images."""

  def __init__(self, dataset: Dataset, train: Images, test: Images):
    self._dataset = dataset
    self._train = train
    self._test = test
    self.num_train = len(train.labels)
    self.num_test = len(test.labels)

  def training(
    self, batch_size: int, seed: int, start_step: int, shard: Shard
  ) -> Iterator[Batch]:
    """Batches; those of all processes in a step make up that of one alone."""
    augmentation = self._dataset.augmentation
    together = batch_size * shard.count
    steps = self.num_train // together
    for epoch in itertools.count(start_step // steps):
      draws = _Draws.of(seed, epoch, self.num_train, augmentation)
      for step in range(max(0, start_step - epoch * steps), steps):
        begin = step * together + shard.index * batch_size
        chosen = draws.order[begin : begin + batch_size]
        pixels = _shifted_and_flipped(
          self._train.pixels[chosen],
          draws.offsets[chosen],
          draws.flips[chosen],
          augmentation.shift,
        )
        yield full(self._normalised(pixels), self._train.labels[chosen])

  def testing(self, batch_size: int, shard: Shard) -> Iterator[Batch]:
    """Batches in the order of the images."""
    part = shard.of(self.num_test)
    for step in range(shard.num_batches(self.num_test, batch_size)):
      numbers = part[step * batch_size : (step + 1) * batch_size]
      chosen = slice(numbers.start, numbers.stop)
      images = self._normalised(self._test.pixels[chosen])
      yield padded(images, self._test.labels[chosen], batch_size)

  def _normalised(self, pixels: np.ndarray) -> np.ndarray:
    mean = np.array(self._dataset.mean, np.float32)
    return (pixels - mean) / np.array(self._dataset.std, np.float32)


class _Draws(NamedTuple):
  """The random draws of one epoch.

  Attributes:
    order: int [N], the images in the order of this epoch.
    offsets: int [N, 2], down and right, where each image's crop begins.
    flips: bool [N], true for images that are mirrored.
  """

  order: np.ndarray
  offsets: np.ndarray
  flips: np.ndarray

  @classmethod
  def of(
    cls, seed: int, epoch: int, count: int, augmentation: Augmentation
  ) -> "_Draws":
    rng = np.random.default_rng([seed, epoch])
    order = rng.permutation(count)
    offsets = rng.integers(2 * augmentation.shift + 1, size=(count, 2))
    flips = rng.integers(2, size=count) == 1
    return cls(order, offsets, flips & augmentation.flip)


def _shifted_and_flipped(
  pixels: np.ndarray, offsets: np.ndarray, flips: np.ndarray, shift: int
) -> np.ndarray:
  """Crops of the images' size out of images with a black border."""
  count, height, width, _ = pixels.shape
  border = (shift, shift)
  bordered = np.pad(pixels, ((0, 0), border, border, (0, 0)))
  rows = offsets[:, :1] + np.arange(height)  # [N, H]
  columns = offsets[:, 1:] + np.arange(width)  # [N, W]
  columns = np.where(flips[:, None], columns[:, ::-1], columns)
  cropped: np.ndarray = bordered[
    np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]
  ]
  return cropped
