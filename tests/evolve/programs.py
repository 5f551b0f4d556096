"""Programs of the language as people and language models write them."""

from evolve import activations

WRITTEN = {
  "signature_of_the_paper": """
import jax
import jax.numpy as jnp

def activation_function(x: jax.typing.ArrayLike) -> jax.typing.ArrayLike:
  return jax.nn.gelu(x) + 0.2 * jnp.sin(2 * x)
""",
  "everything_imported": '''
"""A module docstring."""
import math
import jax, jax.numpy as jnp
import jax.scipy.special as special
from jax import lax, nn, Array
from jax.numpy import fft, tanh as squash
from jax.typing import ArrayLike

def activation(x: ArrayLike) -> Array:
  y = nn.relu(x) + lax.erf(x) * squash(x) + special.entr(jnp.square(x) + 1)
  return y + fft.ifft(fft.fft(x)).real / math.e  # Mixes the last axis.
''',
  "module_constants": """
_ALPHA: float = 0.1
COEFFICIENTS = (0.5, -0.25, 0.125)
ROOT = jnp.sqrt(2.0 / jnp.pi)

def activation(x):
  y = x * ROOT
  for k, c in enumerate(COEFFICIENTS, start=1):
    y = y + c * jnp.sin(k * x)
  return y + _ALPHA * sum(c for c in COEFFICIENTS[1:])
""",
  "helper_and_keywords": """
def gate(z: jnp.ndarray, sharpness: float = 1.0, *, shift=-0.5) -> jnp.ndarray:
  '''A smooth step.'''
  return jax.nn.sigmoid(sharpness * (z - shift))

def activation(x, beta: float = 1.5):
  return x * gate(x, sharpness=beta, shift=0.1)
""",
  "local_helper_and_lambda": """
def activation(x):
  bump = lambda z, width=2.0: jnp.exp(-(z / width) ** 2)
  def wave(z):
    return jnp.sin(3 * z) * bump(z)
  return jnp.where(x > 0, x, 0.1 * x) + wave(x)
""",
  "helper_defined_below": """
def activation(x):
  return _soft(x) - _soft(-x)

def _soft(x):
  return jnp.logaddexp(x, _ZERO)

_ZERO = 0.0
""",
  "constant_loops": """
N = 3
def activation(x, terms=2):
  y = x
  for k in range(N):
    for j in range(1, terms + 1):
      y += 0.5 ** (k + j) * jnp.sin(2 ** k * x)
    else:
      y *= 0.9
  for _ in range(len((1, 2))):
    if y.ndim > 5:
      break
    y = jnp.tanh(y)
  return y
""",
  "comprehensions": """
def activation(x):
  waves = [jnp.cos(k * x) / (k + j) for k in range(1, 4) for j in (1, 2)]
  total = sum(w * x for w in waves[:2])
  return total + sum(a * b for a, b in zip((0.1, 0.2), [x, x ** 2]) if a > 0)
""",
  "loop_over_literals": """
def activation(x):
  y = jnp.zeros_like(x)
  weights = jnp.array([0.3, -0.2])
  for (a, b), w in zip(((1.0, 2.0), (3.0, 4.0)), weights):
    y = y + w * jnp.sin(a * x + b)
  for y_k in reversed(list((x, -y))):
    y = y + 0.1 * y_k
  return y
""",
  "choice_of_functions": """
def activation(x):
  act = jax.nn.silu
  return act(x) + sum(f(0.1 * x) for f in (jnp.sin, jnp.tanh))
""",
  "array_methods": """
def activation(x):
  centred = x - x.mean(axis=-1, keepdims=True)
  scale = x.std(axis=-1, keepdims=True).clip(1e-3, None) + abs(x).max()
  return (centred / scale).astype(jnp.float32).reshape(x.shape)
""",
  "shape_and_dtype": """
def activation(x):
  n = x.shape[-1] if x.ndim else 1
  eps = jnp.finfo(x.dtype).eps
  ramp = jnp.arange(n, dtype="float32") / max(n, 1)
  return (x + eps) * (1.0 + 0.1 * ramp).astype(x.dtype)
""",
  "slices": """
def activation(x):
  y = jnp.pad(x[..., 1:], [(0, 0)] * (x.ndim - 1) + [(0, 1)], mode="edge")
  return 0.5 * (x + y) + x[..., ::-1] * 0.0 + x[..., None].sum(axis=-1)
""",
  "spectrum": """
def activation(x):
  spectrum = jnp.fft.rfft(x, axis=-1, norm="ortho")
  smooth = jnp.fft.irfft(spectrum * 0.9, n=x.shape[-1], axis=-1, norm="ortho")
  return smooth + jnp.real(jnp.exp(1j * x)) * 0.1
""",
  "selection": """
def activation(x):
  inside = (x > -1) & (x < 1) | ~jnp.isfinite(x)
  y = jnp.select([x < -3, x < 3], [-1.0 + 0 * x, x / 3], default=1.0)
  return lax.select(inside, jnp.sin(x), lax.clamp(-2.0, y, 2.0))
""",
  "static_branches": """
def activation(x, mode=None, power: int = 3):
  if mode is None and power in (2, 3):
    y = x ** power
  elif not power % 2 == 0:
    y = -x
  else:
    y, z = x, -x
    return y
  return y if power > 1 else x
""",
  "rolls_along_the_last_axis": """
def activation(x):
  left, right = jnp.roll(x, 1, axis=-1), jnp.roll(x, -1, axis=-1)
  return x + 0.1 * jnp.tanh(left - 2 * x + right)
""",
  "import_in_the_function": """
def activation(x):
  import jax.numpy as jnp
  from jax.nn import softplus
  relu = jnp.maximum(x, 0)  # A local name of no import.
  return softplus(x) * relu
""",
  "polynomial_by_horner": """
def activation(x):
  y = 0.0
  for c in (0.1, -0.3, 1.0, 0.0)[::-1]:
    y = y * jnp.tanh(x) + c
  return jnp.polyval(jnp.array([0.1, 0.0]), x) + y
""",
  "taylor_by_factorials": """
def activation(x):
  z = jnp.clip(x, -2.0, 2.0)
  return sum(z ** k / math.factorial(k) for k in range(6))
""",
  "pieces": """
def cube(v):
  return v ** 3

def activation(x):
  low, high = x < -1, (x >= -1) & (x < 0)
  return jnp.piecewise(
    x, [low, high, x > 1], [lambda v, a=0.1: a * v - 1.0, cube, jnp.tanh, 0.5]
  )
""",
  "names_of_the_array_api": """
def activation(x):
  inside = jnp.bitwise_and(x > -1, x < 1)
  bounded = jnp.acos(jnp.clip(x, -0.9, 0.9)) + jnp.atan2(x, 1.0)
  both = jnp.concat([x, jnp.pow(jnp.abs(x) + 1.0, 1.5)], axis=-1)
  knots = jnp.searchsorted(jnp.array([-1.0, 0.0, 1.0]), x, side="right")
  normal = jax.scipy.stats.norm.cdf(x) + both[..., : x.shape[-1]]
  return normal + jnp.where(inside, bounded, jnp.astype(knots, x.dtype))
""",
  "around_the_program": """
from __future__ import annotations
from functools import partial
from typing import Optional
import jax
from jaxtyping import Array, Float

__all__ = ["activation"]

@partial(jax.jit, static_argnames=("slope",))
def activation(x: Float[Array, "..."], slope: Optional[float] = None) -> Array:
  slope: float = 0.1 if slope is None else slope
  return jnp.where(x > 0, x, slope * x)

if __name__ == "__main__":
  print(activation(jax.random.normal(jax.random.key(0), (3,))))
""",
  "annotated_locals": """
def activation(x: "jax.Array") -> jnp.array:
  y: jax.Array = jax.lax.stop_gradient(x)
  z: float
  z = math.sqrt(2) * float(3) + int(2.5) + round(1.7) + pow(2, 3)
  return x * z - y
""",
}

# Every program by name, those that ship included.
ALL = WRITTEN | {name: activations.source(name) for name in activations.names()}


def entry(body):
  """A program whose function has that body."""
  lines = "".join(f"  {line}\n" for line in body.split("\n"))
  return f"def activation(x):\n{lines}"
