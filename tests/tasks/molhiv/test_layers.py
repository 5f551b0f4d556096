"""Layers: batch norm without padding, sums of embeddings, dropout."""

import math
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tasks.molhiv import layers

RNG = np.random.default_rng(0)
ROWS = RNG.normal(3, 2, size=(10, 4)).astype(np.float32)
MASK = np.array([1] * 7 + [0] * 3, np.float32)


def _norm() -> hk.TransformedWithState:
  return hk.without_apply_rng(
    hk.transform_with_state(
      lambda x, mask, is_training: layers.BatchNorm()(x, mask, is_training)
    )
  )


def test_batch_norm_is_of_the_rows_that_are_no_padding() -> None:
  params, state = _norm().init(None, ROWS, MASK, True)
  found, after = _norm().apply(params, state, ROWS, MASK, True)
  real = ROWS[:7].astype(np.float64)
  expected = (real - real.mean(0)) / np.sqrt(real.var(0) + 1e-5)
  np.testing.assert_allclose(found[:7], expected, atol=1e-5)
  (after,) = after.values()
  np.testing.assert_allclose(after["mean"], 0.1 * real.mean(0), rtol=1e-5)
  variance = 0.9 + 0.1 * real.var(0, ddof=1)
  np.testing.assert_allclose(after["variance"], variance, rtol=1e-5)


def test_batch_norm_of_tests_is_by_running_statistics() -> None:
  params, state = _norm().init(None, ROWS, MASK, False)
  state = jax.tree.map(lambda leaf: leaf + 0.5, state)
  found, after = _norm().apply(params, state, ROWS, MASK, False)
  expected = (ROWS - 0.5) / math.sqrt(1.5 + 1e-5)
  np.testing.assert_allclose(found, expected, rtol=1e-5)
  assert after == state


@pytest.mark.slow  # PyTorch takes seconds to import.
def test_batch_norm_is_pytorchs() -> None:
  import torch

  module = torch.nn.BatchNorm1d(4)
  expected = module(torch.tensor(ROWS[:7]))
  params, state = _norm().init(None, ROWS, MASK, True)
  found, after = _norm().apply(params, state, ROWS, MASK, True)
  np.testing.assert_allclose(found[:7], expected.detach().numpy(), atol=1e-5)
  (after,) = after.values()
  for name, other in (("mean", "mean"), ("variance", "var")):
    theirs = getattr(module, f"running_{other}")
    np.testing.assert_allclose(after[name], theirs, rtol=1e-5)


def test_embeddings_are_sums_over_tables() -> None:
  network = hk.without_apply_rng(
    hk.transform(lambda f: layers.Embeddings((3, 2, 4), 5)(f))
  )
  features = np.array([[0, 0, 0], [2, 1, 3], [1, 0, 2]])
  params = network.init(jax.random.PRNGKey(0), features)
  ((_, leaves),) = params.items()
  table = leaves["table"]
  first, second, third = np.split(table, [3, 5])
  expected = [first[a] + second[b] + third[c] for a, b, c in features.tolist()]
  np.testing.assert_allclose(
    network.apply(params, features), expected, rtol=1e-6
  )
  for part, size in (first, 3), (second, 2), (third, 4):
    bound = math.sqrt(6 / (size + 5))
    assert 0.5 * bound < np.abs(part).max() <= bound


def test_linear_starts_as_pytorchs() -> None:
  network = hk.transform(lambda x: layers.linear(x, 200))
  params = network.init(jax.random.PRNGKey(0), jnp.zeros((1, 100)))
  (leaves,) = params.values()
  for leaf in leaves["w"], leaves["b"]:
    assert 0.095 < np.abs(leaf).max() <= 0.1  # 1 / sqrt(100).
    assert abs(np.std(leaf) - 0.1 / math.sqrt(3)) < 0.005


def _dropped(rate: float, shape: tuple[int, ...], seed: int = 0) -> Any:
  network = hk.transform(lambda x: layers.dropout(x, rate))
  return network.apply({}, jax.random.PRNGKey(seed), jnp.ones(shape))


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_dropout_keeps_the_mean(rate: float) -> None:
  found = np.asarray(_dropped(rate, (301, 333)))
  kept = found != 0
  assert kept.mean() == pytest.approx(1 - rate, abs=0.005)
  np.testing.assert_allclose(found[kept], 1 / (1 - rate), rtol=1e-4)
  # Neither rows nor columns go together, nor do neighbours.
  for axis in 0, 1:
    assert kept.mean(axis).std() < 0.05
  assert np.corrcoef(kept[:, 0], kept[:, 1])[0, 1] == pytest.approx(0, abs=0.2)
  assert not np.array_equal(found, _dropped(rate, (301, 333), seed=1))


def test_no_dropout_draws_nothing() -> None:
  network = hk.without_apply_rng(hk.transform(lambda x: layers.dropout(x, 0.0)))
  np.testing.assert_array_equal(network.apply({}, ROWS), ROWS)
