"""Named activations of the literature whose parameters are made to be trained.

Each is a program of the language, too. Frozen, which is the default, they are
what they are before training; `NAME:layer` and `NAME:channel` train them.
"""

import jax
import jax.numpy as jnp


def prelu(x: jax.Array, slope: float = 0.25) -> jax.Array:
  """x if x > 0, else slope x. He et al., arXiv 1502.01852, by channel."""
  return jnp.where(x > 0, x, slope * x)


def swish_beta(x: jax.Array, beta: float = 1.0) -> jax.Array:
  """x sigmoid(beta x). Ramachandran et al., arXiv 1710.05941."""
  return x * jax.nn.sigmoid(beta * x)


def pau_leaky_relu(
  x: jax.Array,
  a0: float = 0.0335582,
  a1: float = 0.5050059,
  a2: float = 1.6534697,
  a3: float = 2.0100502,
  a4: float = 0.9319196,
  a5: float = 0.1524265,
  b1: float = 4.8e-5,
  b2: float = 3.9802479,
  b3: float = 1.6e-5,
  b4: float = 0.3018338,
) -> jax.Array:
  """A Pade unit, at first close to a leaky ReLU: P5(x) / (1 + |Q4(x)|).

  Molina et al., arXiv 1907.06732, by layer, with the denominator that has no
  poles. Also known as a rational activation (Fang et al., arXiv 2208.14111).
  """
  p = a0 + x * (a1 + x * (a2 + x * (a3 + x * (a4 + x * a5))))
  q = x * (b1 + x * (b2 + x * (b3 + x * b4)))
  return p / (1 + jnp.abs(q))


def pau_swish(
  x: jax.Array,
  a0: float = 3.26e-7,
  a1: float = 0.5,
  a2: float = 0.2500170,
  a3: float = 0.0532752,
  a4: float = 0.00580458,
  a5: float = 2.753e-4,
  b1: float = 3.9e-5,
  b2: float = 0.1065308,
  b3: float = 3.8e-6,
  b4: float = 5.503e-4,
) -> jax.Array:
  """A Pade unit, at first close to swish; see pau_leaky_relu."""
  p = a0 + x * (a1 + x * (a2 + x * (a3 + x * (a4 + x * a5))))
  q = x * (b1 + x * (b2 + x * (b3 + x * b4)))
  return p / (1 + jnp.abs(q))


def ash(x: jax.Array, alpha: float = 1.0, z: float = 0.0) -> jax.Array:
  """x sigmoid(2 alpha (x - mu - z sigma)), mu and sigma over each example.

  Lee et al., arXiv 2210.11672. It mixes the elements of an example.
  """
  example = x.shape[:-1][:1]  # Of a vector: nothing, it is one example.
  rest, ones = (-1,), (1,) * (x.ndim - 1)
  features = x.reshape(example + rest)
  mu = jnp.mean(features, axis=-1).reshape(example + ones)
  variance = jnp.var(features, axis=-1).reshape(example + ones)
  sigma = jnp.sqrt(variance + 1e-12)  # Its slope is finite without spread.
  return x * jax.nn.sigmoid(2 * alpha * (x - mu - z * sigma))


def pangaea_product(
  x: jax.Array, alpha: float = 1.0, beta: float = 1.0
) -> jax.Array:
  """arcsinh(alpha x) sigmoid(beta x), an example of PANGAEA's functions.

  Bingham and Miikkulainen, arXiv 2006.03179: binary(unary(x), unary(x)), up to
  three parameters, by channel. Not one of their results.
  """
  return jnp.arcsinh(alpha * x) * jax.nn.sigmoid(beta * x)
