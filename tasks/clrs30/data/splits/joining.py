"""Batches of trajectories, joined to one."""

from collections.abc import Iterator

import clrs
import numpy as np


def joined(batches: Iterator[clrs.Feedback], count: int) -> clrs.Feedback:
  """One batch in place of the next `count`, which are all alike in shape.

  They are never in memory all at once.
  """
  first = next(batches)
  size = len(first.features.lengths)
  whole = _room(first, size * count)
  _put(first, whole, slice(0, size))
  for start in range(size, size * count, size):
    _put(next(batches), whole, slice(start, start + size))
  return whole


def _room(batch: clrs.Feedback, num_samples: int) -> clrs.Feedback:
  """Uninitialised; names are text, of which TensorFlow has made bytes."""

  def room(point: clrs.DataPoint, axis: int) -> clrs.DataPoint:
    shape = list(point.data.shape)
    shape[axis] = num_samples
    data = np.empty(shape, point.data.dtype)
    return clrs.DataPoint(point.name, point.location, point.type_, data)

  inputs, hints, lengths = batch.features
  features = clrs.Features(
    tuple(room(point, 0) for point in inputs),
    tuple(room(point, 1) for point in hints),
    np.empty(num_samples, lengths.dtype),
  )
  return clrs.Feedback(features, tuple(room(p, 0) for p in batch.outputs))


def _put(part: clrs.Feedback, whole: clrs.Feedback, here: slice) -> None:
  """Hints have an axis of time before that of samples."""
  inputs, hints, lengths = whole.features
  for into, point in zip(inputs, part.features.inputs, strict=True):
    into.data[here] = point.data
  for into, point in zip(hints, part.features.hints, strict=True):
    into.data[:, here] = point.data
  for into, point in zip(whole.outputs, part.outputs, strict=True):
    into.data[here] = point.data
  lengths[here] = part.features.lengths
