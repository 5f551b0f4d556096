"""A first look at a candidate, before any training.

Runs in a worker. Says whether the function keeps shape and dtype, whether it is
pointwise, and what it looks like on a fixed grid.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from evolve.descriptors import PROBE_GRID
from harness.core.fitness import Activation

# Shapes that networks hand to an activation: a vector, a batch, messages.
_SHAPES = ((64,), (32, 64), (4, 6, 6, 32))


class RejectedError(Exception):
  """The candidate is no activation; the text says why."""


@dataclasses.dataclass(frozen=True)
class Probe:
  """What is known of a candidate without training.

  Attributes:
    values: float32 [len(PROBE_GRID)], the function on PROBE_GRID.
    slopes: float32 [len(PROBE_GRID)], its derivative there.
    pointwise: whether each output depends on its own input alone.
  """

  values: np.ndarray
  slopes: np.ndarray
  pointwise: bool

  def to_json(self) -> dict[str, Any]:
    return {
      "values": [float(v) for v in self.values],
      "slopes": [float(v) for v in self.slopes],
      "pointwise": self.pointwise,
    }

  @classmethod
  def from_json(cls, record: Mapping[str, Any]) -> "Probe":
    """The inverse of `to_json`; checks what it is given.

    Raises:
      ValueError: the record did not come from `to_json`.
    """
    try:
      curves = [np.array(record[n], np.float32) for n in ("values", "slopes")]
    except (KeyError, TypeError, ValueError) as error:
      raise ValueError(f"no probe: {error}") from error
    if any(c.shape != PROBE_GRID.shape for c in curves):
      raise ValueError("no probe: curves of the wrong length")
    return cls(curves[0], curves[1], record.get("pointwise") is True)


def probe(activation: Activation) -> Probe:
  """Looks at a candidate.

  Raises:
    RejectedError: it returns another shape or dtype than it was given.
  """
  for shape in _SHAPES:
    _check_signature(activation, shape)
  grid = jnp.asarray(PROBE_GRID)
  values, slopes = jax.jit(
    lambda x: jax.jvp(activation, (x,), (jnp.ones_like(x),))
  )(grid)
  values = np.asarray(values)
  return Probe(values, np.asarray(slopes), _is_pointwise(activation, values))


def _check_signature(activation: Activation, shape: tuple[int, ...]) -> None:
  given = jax.ShapeDtypeStruct(shape, jnp.float32)
  got = jax.eval_shape(activation, given)
  if not isinstance(got, jax.ShapeDtypeStruct):
    raise RejectedError(
      f"returns a {type(got).__name__}, not an array; an activation keeps "
      "shape and dtype"
    )
  if (got.shape, got.dtype) != (given.shape, given.dtype):
    raise RejectedError(
      f"returns {got.dtype}{list(got.shape)} for float32{list(shape)}; an "
      "activation keeps shape and dtype"
    )


def _is_pointwise(activation: Activation, values: np.ndarray) -> bool:
  """Whether permuted and reshaped inputs give permuted, reshaped outputs."""
  order = np.random.default_rng(0).permutation(len(values))
  half = len(order) // 2
  shuffled = jnp.asarray(PROBE_GRID[order[: 2 * half]].reshape(2, half))
  got = np.asarray(jax.jit(activation)(shuffled)).reshape(-1)
  expected = values[order[: 2 * half]]
  same = np.isclose(got, expected, rtol=1e-4, atol=1e-5, equal_nan=True)
  # A jump may fall on either side when another program rounds differently.
  return bool(same.mean() > 0.98)
