"""Detection of candidates that rebind objects of others, such as jnp.mean."""

import builtins
import math
from types import ModuleType

import jax
import jax.numpy as jnp
import numpy as np

from evolve import language
from evolve.admission import probe
from harness.core import fitness

_WATCHED: tuple[ModuleType, ...] = (
  builtins, math, np, jax, jnp, jax.nn, jax.lax, jnp.fft, jax.scipy.special,
  language, probe, fitness,
)  # fmt: skip


def snapshot() -> dict[str, int]:
  """The identity of every public object of the watched modules."""
  return {
    f"{module.__name__}.{name}": id(value)
    for module in _WATCHED
    for name, value in vars(module).items()
    if not name.startswith("_")
  }


def rebound(before: dict[str, int]) -> list[str]:
  """The names whose binding has changed since a snapshot, or is gone."""
  now = snapshot()
  return sorted(n for n, identity in before.items() if now.get(n) != identity)
