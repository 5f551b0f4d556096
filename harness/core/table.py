"""Activations as tables, so that one compiled program trains with any of them.

The value and the slope at a point are those of the nearest point of a fine
grid. A look-up takes a processor less time than most activations do, and is as
exact as training needs (BUILD_NOTES.md, "Tables").
"""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

NUM_POINTS = 1 << 15
RANGE = 32.0  # The grid covers [-RANGE, RANGE).
STEP = 2 * RANGE / NUM_POINTS
GRID = np.arange(-NUM_POINTS // 2, NUM_POINTS // 2, dtype=np.float32) * STEP
GRID.flags.writeable = False

# A float32 of this size has no binary digits after the point, so adding it
# rounds, and leaves the integer in the lowest bits.
_ROUNDER = np.float32(3 << 22)
_FIRST = int(_ROUNDER.view(np.int32)) - NUM_POINTS // 2


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True, eq=False)
class Table:
  """A pointwise activation, given by its values and slopes on GRID.

  A tree of arrays for JAX: an argument of a compiled program, not a part of it.
  Beyond the grid the table continues in a straight line, which is exact for
  most activations and wrong for a few; see `share_outside`.

  Attributes:
    values: float32 [NUM_POINTS].
    slopes: float32 [NUM_POINTS], the derivative; the first and the last are
      those of the lines beyond.
  """

  values: jax.Array | np.ndarray
  slopes: jax.Array | np.ndarray

  @classmethod
  def of(cls, values: np.ndarray, slopes: np.ndarray) -> "Table":
    """A table from values and derivatives on GRID, float32 [NUM_POINTS] each.

    The lines beyond have the mean slope over the outer quarters of the grid,
    so that a small wave on an activation does not tilt them.
    """
    slopes = np.array(slopes)
    quarter = NUM_POINTS // 4
    slopes[0] = (values[quarter] - values[0]) / (quarter * STEP)
    slopes[-1] = (values[-1] - values[-1 - quarter]) / (quarter * STEP)
    return cls(values, slopes)

  def __call__(self, x: jax.Array) -> jax.Array:
    """Maps float32 of any shape."""
    return _look_up(self, x)

  def slopes_at(self, x: jax.Array) -> jax.Array:
    """The derivative at x, float32 of any shape."""
    return _at(self.slopes, x)


@jax.custom_vjp
def _look_up(table: Table, x: jax.Array) -> jax.Array:
  above, below = jnp.maximum(x - RANGE, 0.0), jnp.minimum(x + RANGE, 0.0)
  beyond = above * table.slopes[-1] + below * table.slopes[0]
  return _at(table.values, x) + beyond


def _forward(
  table: Table, x: jax.Array
) -> tuple[jax.Array, tuple[Table, jax.Array]]:
  return _look_up(table, x), (table, x)


def _backward(
  saved: tuple[Table, jax.Array], gradient: jax.Array
) -> tuple[None, jax.Array]:
  table, x = saved
  return None, gradient * table.slopes_at(x)


_look_up.defvjp(_forward, _backward)


def _at(points: jax.Array | np.ndarray, x: jax.Array) -> jax.Array:
  """The entry for the grid point next to each x."""
  half = NUM_POINTS // 2
  place = jnp.clip(x * (1 / STEP), -half, half - 1) + _ROUNDER
  index = jax.lax.bitcast_convert_type(place, jnp.int32) - _FIRST
  return jnp.asarray(points).at[index].get(mode="promise_in_bounds")


def share_outside(x: jax.Array) -> jax.Array:
  """The share of x, of any shape, that lies beyond the grid; scalar."""
  return jnp.mean(~(jnp.abs(x) <= RANGE))  # NaN is outside.
