"""Programs for the tests of the expression mutators, and their values."""

import jax
import jax.numpy as jnp
import numpy as np

from evolve import language
from evolve.proposers.expression import canonical
from evolve.proposers.expression.render import render
from evolve.proposers.expression.simplify import simplify

GRID = np.linspace(-5, 5, 201, dtype=np.float32)

# As a language model might write it: imports under other names, annotations, a
# helper, loops, branches, constants shared by several functions.
WRITTEN = '''
import jax.numpy as np
from jax.nn import gelu
from jax import nn

ALPHA = 0.3

def harmonics(t: jax.Array, power: int = 2):
  """A few waves."""
  total = np.zeros_like(t)
  for i in range(2, 5):
    total += np.sin(i * t) / (i + 1) ** power
  return total

def activation(x: jax.Array) -> jax.Array:
  """Gated waves."""
  steepness: float = 1.7
  # A comment.
  if x.ndim > 0:
    base = gelu(x)
  else:
    base = nn.relu(x)
  bend = lambda q: q * ALPHA
  return base + ALPHA * harmonics(steepness * x) + bend(x)
'''

WAVE = """
def activation(x):
  amplitude = 0.1
  frequency = 2.5
  return jax.nn.gelu(x) + amplitude * jnp.sin(frequency * x)
"""


def outputs(*sources: str) -> list[np.ndarray]:
  """The values of programs on GRID, compiled together."""
  activations = [language.load(source) for source in sources]
  values = jax.jit(lambda x: [f(x) for f in activations])(jnp.asarray(GRID))
  return [np.asarray(value) for value in values]


def tidy(source: str) -> str:
  return render(simplify(canonical.parse(source)))
