"""Batches of a split, and upstream's score of predictions for them."""

from collections.abc import Sequence
from typing import Any

import clrs
import jax
import numpy as np
import pytest

from tasks.clrs30.data.sampler import prepared
from tasks.clrs30.evaluation import evaluated, in_batches
from tasks.clrs30.registry import get


def _split(algorithm: str) -> clrs.Feedback:
  """Ten samples of upstream's."""
  sampler, _ = clrs.build_sampler(algorithm, seed=1, num_samples=10, length=5)
  return sampler.next()


def _guessed(outputs: Sequence[clrs.DataPoint], seed: int) -> Any:
  """Predictions, some of which are right."""
  rng = np.random.default_rng(seed)

  def guess(point: clrs.DataPoint) -> clrs.DataPoint:
    data = np.array(point.data)
    wrong = rng.random(len(data)) < 0.5
    data[wrong] = data[rng.permutation(len(data))][wrong]
    return clrs.DataPoint(point.name, point.location, point.type_, data)

  return {point.name: guess(point) for point in outputs}


# A pointer; a permutation; predecessors as input, and a mask; a category.
SPLITS = [
  "bfs",
  "insertion_sort",
  "activity_selector",
  "strongly_connected_components",
]


@pytest.mark.parametrize("algorithm", SPLITS)
def test_batches_hold_every_sample(algorithm: str) -> None:
  split = _split(algorithm)
  batches = list(in_batches(split, get(algorithm), 4))
  assert [len(b.features.lengths) for b in batches] == [4, 4, 2]
  whole = next(prepared(get(algorithm), iter([split]))[1])
  inputs, hints, lengths = whole.features
  for index, expected in enumerate(inputs):
    found = [batch.features.inputs[index].data for batch in batches]
    np.testing.assert_array_equal(np.concatenate(found), expected.data)
  for index, expected in enumerate(hints):
    found = [batch.features.hints[index].data for batch in batches]
    np.testing.assert_array_equal(np.concatenate(found, axis=1), expected.data)
  for index, expected in enumerate(whole.outputs):
    found = [batch.outputs[index].data for batch in batches]
    np.testing.assert_array_equal(np.concatenate(found), expected.data)
  found = [batch.features.lengths for batch in batches]
  np.testing.assert_array_equal(np.concatenate(found), lengths)


def test_a_test_may_be_smaller() -> None:
  split = _split("bfs")
  found = list(in_batches(split, get("bfs"), 4, 6))
  assert [len(batch.features.lengths) for batch in found] == [4, 2]
  first, *_ = split.outputs
  np.testing.assert_array_equal(
    np.concatenate([batch.outputs[0].data for batch in found]), first.data[:6]
  )


@pytest.mark.parametrize("algorithm", SPLITS)
def test_a_score_is_upstreams(algorithm: str) -> None:
  batches = list(in_batches(_split(algorithm), get(algorithm), 4))
  outputs = [batch.outputs for batch in batches]
  guesses = [_guessed(o, seed) for seed, o in enumerate(outputs)]
  found = evaluated(outputs, guesses)
  assert 0 < found < 1
  whole = next(prepared(get(algorithm), iter([_split(algorithm)]))[1])
  joined = jax.tree.map(lambda *x: np.concatenate(x), *guesses)
  assert found == clrs.evaluate(whole.outputs, joined)["score"]
  # Upstream takes all samples twice.
  assert evaluated(outputs * 2, guesses * 2) == pytest.approx(found, rel=1e-12)
