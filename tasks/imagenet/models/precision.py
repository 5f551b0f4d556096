"""Mixed precision: hidden states may be bfloat16, nothing else is.

Micikevicius et al., ICLR 2018 (arXiv 1710.03740): master weights and reductions
stay float32.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp


@contextlib.contextmanager
def float32_parameters() -> Iterator[None]:
  """Modules called in here create float32, and use it as their inputs' dtype.

  Gradients with respect to the parameters are therefore float32 too.
  """

  def create(
    next_creator: Callable[[Sequence[int], Any, Any], jax.Array],
    shape: Sequence[int],
    dtype: Any,
    init: Any,
    context: Any,
  ) -> jax.Array:
    del dtype, context
    return next_creator(shape, jnp.float32, init)

  def get(
    next_getter: Callable[[jax.Array], jax.Array],
    value: jax.Array,
    context: Any,
  ) -> jax.Array:
    return next_getter(value.astype(context.original_dtype))

  with hk.custom_creator(create), hk.custom_getter(get):
    yield


def batch_norm(
  norm: hk.BatchNorm, inputs: jax.Array, is_training: bool
) -> jax.Array:
  """Normalises in float32; returns the inputs' dtype."""
  outputs: jax.Array = norm(inputs.astype(jnp.float32), is_training)
  return outputs.astype(inputs.dtype)


def layer_norm(norm: hk.LayerNorm, inputs: jax.Array) -> jax.Array:
  """Normalises in float32; returns the inputs' dtype."""
  outputs: jax.Array = norm(inputs.astype(jnp.float32))
  return outputs.astype(inputs.dtype)
