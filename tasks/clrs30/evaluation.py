"""Scores of predictions, and the batches of a split that is scored."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import clrs
import jax
import numpy as np

from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.data import larger
from tasks.clrs30.data.sampler import prepared
from tasks.clrs30.model import Decided


def in_batches(
  split: clrs.Feedback,
  algorithm: Algorithm,
  batch_size: int,
  test_size: int | None = None,
) -> Iterator[clrs.Feedback]:
  """Batches of the samples of a split that are scored, for the network.

  Args:
    split: of all samples.
    algorithm: that is tested.
    batch_size: of all batches but the last, which may be smaller.
    test_size: samples to score; None for all.
  """
  lengths = split.features.lengths
  num_hints = int(np.max(lengths))
  num_samples = len(lengths[:test_size])
  starts = range(0, num_samples, batch_size)
  parts = (slice(i, min(i + batch_size, num_samples)) for i in starts)
  _, batches = prepared(algorithm, (_part(split, part) for part in parts))
  for batch in islice(batches, len(starts)):
    is_cut = len(batch.features.hints[0].data) < num_hints
    yield larger.with_steps(batch, num_hints) if is_cut else batch


def _part(split: clrs.Feedback, part: slice) -> clrs.Feedback:
  def cut(point: clrs.DataPoint, part: Any) -> clrs.DataPoint:
    return clrs.DataPoint(
      point.name, point.location, point.type_, point.data[part]
    )

  features, outputs = split
  return clrs.Feedback(
    clrs.Features(
      tuple(cut(point, part) for point in features.inputs),
      tuple(cut(point, (slice(None), part)) for point in features.hints),
      features.lengths[part],
    ),
    tuple(cut(point, part) for point in outputs),
  )


def evaluated(outputs: Sequence[Any], predictions: Sequence[Decided]) -> float:
  """Upstream's score of batches taken together, in [0, 1]; see `clrs.evaluate`.

  Upstream's example counts each test trajectory twice, which changes nothing.
  """
  truth, found = (
    jax.tree.map(lambda *x: np.concatenate(x), *batches)
    for batches in (outputs, predictions)
  )
  return float(clrs.evaluate(truth, found)["score"])


def evaluated_hints(
  features: Sequence[clrs.Features], predictions: Sequence[Decided]
) -> dict[str, float]:
  """Upstream's scores of hints by name, over the steps of all trajectories.

  Those of scalars are squared errors; see `clrs.evaluate_hints`.

  Args:
    features: of the batches.
    predictions: hints after each step [T - 1, B, ...] of each batch.
  """
  scores, steps = [], []
  for batch, found in zip(features, predictions, strict=True):
    by_step = [
      jax.tree.map(lambda x, i=i: x[i], found)
      for i in range(batch.hints[0].data.shape[0] - 1)
    ]
    scores.append(clrs.evaluate_hints(batch.hints, batch.lengths, by_step))
    steps.append(np.sum(batch.lengths - 1))
  return {
    name: float(np.average([score[name] for score in scores], weights=steps))
    for name in scores[0]
    if not name.endswith("_along_time")
  }
