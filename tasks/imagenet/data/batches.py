"""Batches of images, and the share of a data set that each process takes."""

import dataclasses
from typing import NamedTuple

import numpy as np


class Batch(NamedTuple):
  """Images with their labels, always of one shape.

  Attributes:
    images: float32 [B, H, W, C], normalised.
    labels: int32 [B].
    mask: float32 [B], 1 for an image and 0 for padding.
  """

  images: np.ndarray
  labels: np.ndarray
  mask: np.ndarray


@dataclasses.dataclass(frozen=True)
class Shard:
  """One process of those that share a data set, counted from 0."""

  index: int
  count: int

  def of(self, total: int) -> range:
    """Numbers of its part of `total` images; parts differ by one at most."""
    bounds = [
      process * (total // self.count) + min(process, total % self.count)
      for process in (self.index, self.index + 1)
    ]
    return range(*bounds)

  def num_batches(self, total: int, batch_size: int) -> int:
    """The number of batches that hold its part, the same for every process."""
    return -(-total // (batch_size * self.count))


def full(images: np.ndarray, labels: np.ndarray) -> Batch:
  """A batch without padding."""
  labels = labels.astype(np.int32)
  return Batch(images, labels, np.ones(len(labels), np.float32))


def padded(images: np.ndarray, labels: np.ndarray, batch_size: int) -> Batch:
  """A batch of `batch_size`, with zeros after the images that there are."""
  lacking = batch_size - len(images)
  return Batch(
    *(
      np.pad(values, [(0, lacking)] + [(0, 0)] * (values.ndim - 1))
      for values in full(images, labels)
    )
  )
