"""The candidate language in JAX: every name as it is."""

from evolve.language import rules
from evolve.language.hints import short
from evolve.translate.exports.library import Library
from evolve.translate.exports.training import (
  Training,
  in_haiku,
  write_values,
)
from harness.core.parameters import Share

_SCIPY = "jax.scipy."

JAX = Library(
  title="JAX",
  training=Training(
    notes={
      Share.LAYER: in_haiku("()"),
      Share.CHANNEL: in_haiku("x.shape[-1:]"),
    },
    write=write_values,
    reserved={"PARAMETERS"},
  ),
  imports={
    "math": "import math",
    "jax": "import jax",
    "jnp": "import jax.numpy as jnp",
    "lax": "from jax import lax",
    "special": "from jax.scipy import special",
    "stats": "from jax.scipy import stats",
  },
  names={
    path: short(path).removeprefix(_SCIPY)
    for module, names in rules.MODULES.items()
    for path in (f"{module}.{name}" for name in names)
  }
  | {f"builtins.{name}": name for name in rules.BUILTINS},
  methods={name: name for name in rules.METHODS},
  properties={name: name for name in rules.PROPERTIES},
)
