"""A swish whose factor x is shifted: its zero is at 0.409."""

import jax


def activation(x: jax.Array) -> jax.Array:
  """(x - 0.409) sigmoid(0.757 x + 0.034).

  The winner of a random search (results/strategies/random-1, slot 93), chosen
  among the winners of seven searches by dev tasks. At most benchmarks it has
  not been tried; BUILD_NOTES.md says what is known of it.
  """
  shift = -0.409
  scale = 0.7573
  shift_2 = 0.03369
  return (x + shift) * jax.nn.sigmoid(scale * x + shift_2)
