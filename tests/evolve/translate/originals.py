"""Programs to translate, and what JAX computes with them."""

import functools
from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from evolve import language
from evolve.proposers.spline import curve
from evolve.proposers.spline.proposer import START
from tests.evolve import programs
from tests.evolve.proposers import mutated

PROGRAMS = {
  **programs.ALL,
  **mutated.PROGRAMS,
  "spline": curve.source(START),
}
# Those that say by themselves that they want 32 bits.
SINGLE = {"array_methods", "shape_and_dtype"}
# No order among neighbours, so that what mixes elements shows.
GRID = np.random.default_rng(0).permutation(np.linspace(-12, 12, 64))
GRID = GRID.reshape(4, 16)


def program(*lines: str) -> str:
  return "\n".join(["def activation(x):", *(f"  {line}" for line in lines), ""])


def compute(function, x):
  """Runs a function on an array in 64 bits; compiles it at little cost."""
  with jax.enable_x64(True):
    lowered = jax.jit(function).lower(x)
    options = {"xla_backend_optimization_level": 0}
    return jax.tree.map(np.asarray, lowered.compile(options)(x))


def values_and_slopes(name: str) -> tuple[np.ndarray, np.ndarray]:
  """Of a program on the grid."""
  return _values_and_slopes(name in mutated.SLOW)[name]


@functools.cache
def _values_and_slopes(
  is_slow: bool,
) -> Mapping[str, tuple[np.ndarray, np.ndarray]]:
  """Of the programs of slow or of fast tests, compiled all at once."""

  def all_programs(x):
    found = {}
    for name, source in PROGRAMS.items():
      if (name in mutated.SLOW) != is_slow:
        continue
      values, pull_back = jax.vjp(language.load(source), x)
      found[name] = values, pull_back(jnp.ones_like(values))[0]
    return found

  return compute(all_programs, GRID)
