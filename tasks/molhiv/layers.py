"""Layers that know of padding, initialised as PyTorch's are.

The baselines of the Open Graph Benchmark are PyTorch's, with its defaults.
"""

import math
from collections.abc import Sequence

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np

Values = jax.Array | np.ndarray

_DECAY, _EPSILON = 0.9, 1e-5  # Of batch norm.
_LEVELS = 1 << 16  # Of the random numbers that dropout compares.


class BatchNorm(hk.Module):
  """Batch norm over the rows that are no padding.

  Ioffe and Szegedy, arXiv 1502.03167; the running variance is the unbiased one.
  """

  def __call__(
    self, x: jax.Array, mask: Values, is_training: bool
  ) -> jax.Array:
    """Normalises rows [R, C], of which the mask [R] is 1 for some."""
    shape = x.shape[-1:]
    scale = hk.get_parameter("scale", shape, x.dtype, jnp.ones)
    offset = hk.get_parameter("offset", shape, x.dtype, jnp.zeros)
    running_mean = hk.get_state("mean", shape, x.dtype, jnp.zeros)
    running_variance = hk.get_state("variance", shape, x.dtype, jnp.ones)
    if not is_training:
      mean, variance = running_mean, running_variance
    else:
      count, mask = mask.sum(), mask[:, None]
      mean = (x * mask).sum(axis=0) / count
      # The mean of squares would cancel.
      variance = (jnp.square(x - mean) * mask).sum(axis=0) / count
      # A single row has no unbiased variance; PyTorch refuses it.
      unbiased = variance * count / (count - 1 + (count == 1))
      for name, running, new in (
        ("mean", running_mean, mean),
        ("variance", running_variance, unbiased),
      ):
        hk.set_state(name, _DECAY * running + (1 - _DECAY) * new)
    return (x - mean) * (scale * jax.lax.rsqrt(variance + _EPSILON)) + offset


class Embeddings(hk.Module):
  """Sums of the embeddings of several features, each by its own table."""

  def __init__(
    self, sizes: Sequence[int], width: int, name: str = "embeddings"
  ):
    """Embeddings of features with so many values each."""
    super().__init__(name=name)
    self._sizes, self._width = sizes, width

  def __call__(self, features: Values) -> jax.Array:
    """Maps features [R, F] to sums [R, width]: all tables are one."""
    rows = features + (np.cumsum(self._sizes) - self._sizes)
    table = hk.get_parameter(
      "table", (sum(self._sizes), self._width), jnp.float32, self._uniform
    )
    return gather(table, rows).sum(axis=1)

  def _uniform(self, shape: Sequence[int], dtype: jnp.dtype) -> jax.Array:
    """Each table by the rule of Glorot and Bengio, AISTATS 2010."""
    bounds = np.sqrt(6 / (np.array(self._sizes) + self._width))
    unit: jax.Array = hk.initializers.RandomUniform(-1, 1)(shape, dtype)
    return unit * np.repeat(bounds, self._sizes)[:, None].astype(dtype)


def linear(x: jax.Array, width: int) -> jax.Array:
  """Maps [R, C] to [R, width]."""
  bound = 1 / math.sqrt(x.shape[-1])
  uniform = hk.initializers.RandomUniform(-bound, bound)
  y: jax.Array = hk.Linear(width, w_init=uniform, b_init=uniform)(x)
  return y


def dropout(x: jax.Array, rate: float) -> jax.Array:
  """Sets a share of the numbers to 0; the others grow by as much.

  The rate is as exact as 16 random bits for each number are; 32 of them would
  take twice the time.
  """
  if not rate:
    return x
  least = round(rate * _LEVELS)
  words = jax.random.bits(hk.next_rng_key(), (-(-x.size // 2),))
  halves = jax.lax.bitcast_convert_type(words, jnp.uint16).reshape(-1)
  keep = halves[: x.size].reshape(x.shape) >= least
  return x * (keep * (_LEVELS / (_LEVELS - least)))


def gather(table: jax.Array, rows: Values) -> jax.Array:
  """Rows of a table, which has them all."""
  found: jax.Array = table.at[rows].get(
    mode="clip", wrap_negative_indices=False
  )
  return found


def segment_sum(x: Values, segments: Values, count: int) -> jax.Array:
  """Sums of rows [R, C] by segment [R], which are in order; [count, C].

  Rows of a segment beyond the last are left out.
  """
  return jax.ops.segment_sum(x, segments, count, indices_are_sorted=True)
