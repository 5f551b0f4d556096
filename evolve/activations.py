"""Named activation functions, each one also a program of the language.

The text of each function, renamed to `activation`, is a complete candidate.
Each maps an array of floats to one of the same shape and dtype, and has finite
gradients wherever its input is of moderate size. Those of the literature are
here; those whose parameters are made to be trained are in `evolve.parametric`,
and those that searches found are files of `evolve.found`.
"""

import inspect
import types
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from evolve import found, parametric
from harness.core.fitness import Activation


def relu(x: jax.Array) -> jax.Array:
  """max(0, x). Nair and Hinton, ICML 2010."""
  return jax.nn.relu(x)


def leaky_relu(x: jax.Array) -> jax.Array:
  """x if x > 0, else 0.01 x. Maas et al., ICML 2013."""
  return jax.nn.leaky_relu(x, 0.01)


def elu(x: jax.Array) -> jax.Array:
  """x if x > 0, else exp(x) - 1. Clevert et al., arXiv 1511.07289."""
  return jax.nn.elu(x)


def selu(x: jax.Array) -> jax.Array:
  """1.0507 (x if x > 0, else 1.6733 (exp(x) - 1)).

  Klambauer et al., arXiv 1706.02515.
  """
  return jax.nn.selu(x)


def softplus(x: jax.Array) -> jax.Array:
  """log(1 + exp(x)). Dugas et al., NeurIPS 2000."""
  return jax.nn.softplus(x)


def squareplus(x: jax.Array) -> jax.Array:
  """(x + sqrt(x^2 + 4)) / 2. Barron, arXiv 2112.11687."""
  return jax.nn.squareplus(x, 4.0)


def softsign(x: jax.Array) -> jax.Array:
  """x / (1 + |x|). Bergstra et al., technical report 1337, Montreal 2009."""
  return jax.nn.soft_sign(x)


def sigmoid(x: jax.Array) -> jax.Array:
  """1 / (1 + exp(-x)), the logistic function."""
  return jax.nn.sigmoid(x)


def hard_sigmoid(x: jax.Array) -> jax.Array:
  """clip(x/6 + 1/2, 0, 1). Howard et al., arXiv 1905.02244."""
  return jnp.clip(x / 6 + 0.5, 0.0, 1.0)


def tanh(x: jax.Array) -> jax.Array:
  """The hyperbolic tangent."""
  return jnp.tanh(x)


def hard_tanh(x: jax.Array) -> jax.Array:
  """clip(x, -1, 1). Collobert, PhD thesis, Paris 2004."""
  return jax.nn.hard_tanh(x)


def gelu(x: jax.Array) -> jax.Array:
  """x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), which is JAX's default.

  The tanh form of Hendrycks and Gimpel, arXiv 1606.08415.
  """
  return jax.nn.gelu(x, approximate=True)


def gelu_exact(x: jax.Array) -> jax.Array:
  """x/2 (1 + erf(x / sqrt(2))). Hendrycks and Gimpel, arXiv 1606.08415."""
  return jax.nn.gelu(x, approximate=False)


def swish(x: jax.Array) -> jax.Array:
  """x sigmoid(x), also known as SiLU. Ramachandran et al., arXiv 1710.05941."""
  return jax.nn.swish(x)


def hard_swish(x: jax.Array) -> jax.Array:
  """x clip(x/6 + 1/2, 0, 1). Howard et al., arXiv 1905.02244."""
  return jax.nn.hard_swish(x)


def mish(x: jax.Array) -> jax.Array:
  """x tanh(log(1 + exp(x))). Misra, arXiv 1908.08681."""
  return jax.nn.mish(x)


def sin(x: jax.Array) -> jax.Array:
  """sin(x). As an activation: Sitzmann et al., arXiv 2006.09661."""
  return jnp.sin(x)


def snake(x: jax.Array) -> jax.Array:
  """x + sin(x)^2. Ziyin et al., arXiv 2006.08195, with their a = 1."""
  return x + jnp.sin(x) ** 2


def gelusine(x: jax.Array) -> jax.Array:
  """gelu(x) + 0.1 sin(x). Vitvitskyi et al., arXiv 2602.05688."""
  return jax.nn.gelu(x) + 0.1 * jnp.sin(x)


def gelu_sinc_perturbation(x: jax.Array) -> jax.Array:
  """gelu(x) (1 + 0.5 sinc(x)), where sinc(x) = sin(pi x) / (pi x).

  Vitvitskyi et al., arXiv 2602.05688.
  """
  # Written out as a quotient it would have NaN gradients at 0.
  return jax.nn.gelu(x) * (1 + 0.5 * jnp.sinc(x))


def gmtu(x: jax.Array) -> jax.Array:
  """tanh(1.5 x) exp(-0.2 x^2) + 0.1 x.

  The Gaussian-Modulated Tangent Unit of Vitvitskyi et al., arXiv 2602.05688.
  """
  return jnp.tanh(1.5 * x) * jnp.exp(-0.2 * x**2) + 0.1 * x


def turbulent(x: jax.Array) -> jax.Array:
  """sign(x) log(1 + 0.5 |x|) + 0.2 sin(2x) exp(-z^2 / 2).

  Here z = (x - mean) / (std + 1e-6) over all elements: one element's output
  depends on all of them. Vitvitskyi et al., arXiv 2602.05688.
  """
  # The root has an infinite gradient at 0, where all elements are equal.
  variance = jnp.var(x)
  varies = variance > 0
  std = jnp.where(varies, jnp.sqrt(jnp.where(varies, variance, 1.0)), 0.0)
  z = (x - jnp.mean(x)) / (std + 1e-6)
  base = jnp.sign(x) * jnp.log1p(0.5 * jnp.abs(x))
  return base + 0.2 * jnp.sin(2 * x) * jnp.exp(-0.5 * z**2)


def phase_flip(x: jax.Array) -> jax.Array:
  """A wave whose phase and sign depend on neighbours; needs an axis.

  With M = C = 10, u = (x/C)^2, and L and R the left and right neighbours on
  the last axis, cyclically:
    lap = x - (L + R)/2
    a = sigmoid(2 (x^2 + (L^2 + R^2)/4 - C^2)/C^2 + 5 (lap/C)^2)
    phase = x + x^2 sign(x)/(2C) + 0.2 (1 - a) sin(15x)
            + 0.8 a sin(40x + 5 lap) + 2 (L/2 - R)/C
    wave = (1 + 2u exp(-u/1.5)) 2u exp(-u/2) sin(phase)
    y(s) = M tanh((x exp(-(|x|/2C)^4) + s wave)/M)
  The result is y(+1) where cos(50 (x/C)^3 + sin(25 x/C)/2) > 0, else y(-1).
  Vitvitskyi et al., arXiv 2602.05688, which gives it no name.
  """
  scale = 10.0
  # Not jnp.roll: XLA on CPU takes five times as long for its gradient.
  width = x.shape[-1]
  left = jnp.take(x, (jnp.arange(width) - 1) % width, axis=-1)
  right = jnp.take(x, (jnp.arange(width) + 1) % width, axis=-1)
  u = (x / scale) ** 2
  laplacian = x - 0.5 * (left + right)
  energy = x**2 + 0.25 * (left**2 + right**2)
  a = jax.nn.sigmoid(
    2 * (energy - scale**2) / scale**2 + 5 * (laplacian / scale) ** 2
  )
  phase = x + 0.5 * x**2 * jnp.sign(x) / scale
  phase += 0.2 * (1 - a) * jnp.sin(15 * x)
  phase += 0.8 * a * jnp.sin(40 * x + 5 * laplacian)
  phase += 2 * (0.5 * left - right) / scale
  meta = 1 + 2 * u * jnp.exp(-u / 1.5)
  amplitude = 2 * u * jnp.exp(-u / 2)
  wave = meta * amplitude * jnp.sin(phase)
  flip = jnp.cos(50 * (x / scale) ** 3 + 0.5 * jnp.sin(25 * x / scale))
  signed_wave = jnp.where(flip > 0, wave, -wave)
  gate = jnp.exp(-((jnp.abs(x) / (2 * scale)) ** 4))
  return scale * jnp.tanh((gate * x + signed_wave) / scale)


def crrelu(x: jax.Array, epsilon: float = 0.01) -> jax.Array:
  """max(0, x) + epsilon x exp(-x^2 / 2). Sun et al., arXiv 2405.12954.

  CRReLU; epsilon is trained by layer, from 0.01 on.
  """
  return jax.nn.relu(x) + epsilon * x * jnp.exp(-0.5 * x**2)


def _functions(namespace: Mapping[str, Any]) -> dict[str, Activation]:
  """The public functions that a module defines, in their order."""
  return {
    name: value
    for name, value in namespace.items()
    if inspect.isfunction(value) and not name.startswith("_")
  }


# All public functions defined above; those below are no activations.
WELL_KNOWN: Mapping[str, Activation] = types.MappingProxyType(
  _functions(globals())
)
PARAMETRIC: Mapping[str, Activation] = types.MappingProxyType(
  _functions(vars(parametric))
)

_FOUND = found.modules()
ACTIVATIONS: Mapping[str, Activation] = types.MappingProxyType(
  {
    **WELL_KNOWN,
    **PARAMETRIC,
    **{k: v.activation for k, v in _FOUND.items()},
  }
)

# Read now: the files may change while a search runs.
_SOURCES = {
  **{
    k: inspect.getsource(v).replace(f"def {k}(", "def activation(")
    for k, v in {**WELL_KNOWN, **PARAMETRIC}.items()
  },
  **{k: inspect.getsource(v) for k, v in _FOUND.items()},
}


def names() -> tuple[str, ...]:
  """The names of all activations; of the literature first."""
  return tuple(ACTIVATIONS)


def source(name: str) -> str:
  """The text of an activation as a candidate, `def activation(x): ...`."""
  return _SOURCES[name]
