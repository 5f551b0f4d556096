"""the winner of expression: an activation function, in JAX.

Written by actmine from the program 10310d4baabee91c.
"""

import jax
import jax.numpy as jnp


def activation(x):
  amplitude_3 = 0.05825
  frequency_3 = 1.055

  def partner(x):
    amplitude = 0.2253
    frequency = 1.117
    amplitude_2 = 0.1064
    frequency_2 = 2.124
    term_2 = jax.nn.mish(1) + amplitude * jnp.sin(frequency * x)
    term = jax.nn.gelu(x) * (1 + 0.5 * jnp.sinc(x * term_2))
    term_4 = amplitude_2 * jnp.sinc(frequency_2 * x)
    term_3 = jax.nn.hard_swish(x) * (1 + term_4)
    return jnp.where(x > 0, term, jax.nn.selu(term_3))
  return partner(x) + amplitude_3 * jnp.sin(frequency_3 * x)
