"""A spline of 17 control points: the shape that the lab asks for."""

import jax
import jax.numpy as jnp


def activation(x: jax.Array) -> jax.Array:
  """A cubic spline through 17 points on [-4, 4], with straight tails.

  The winner of a search over control points by CMA-ES
  (results/strategies/spline-0), the better one of two in their own
  verification. A reference, and no formula: it is worse than swish on tasks of
  other generators; see BUILD_NOTES.md.
  """
  c = (
    0.4403, 0.0659, 0.0536, -0.2957, -0.3313, -0.4181,
    -0.4238, -0.3537, -0.1963, 0.0999, 0.4347, 0.8527,
    1.5697, 2.0563, 2.6763, 3.3848, 4.1958,
  )  # fmt: skip
  t = 2 * x + 8
  left = c[0] + (c[1] - c[0]) * t
  right = c[16] + (c[16] - c[15]) * (t - 16)
  y = (left + right) / 2
  for i in range(1, 16):
    bend = c[i - 1] - 2 * c[i] + c[i + 1]
    distance = jnp.abs(t - i)
    tip = jnp.maximum(1 - distance, 0) ** 3
    y += bend / 2 * distance + bend / 6 * tip
  return y
