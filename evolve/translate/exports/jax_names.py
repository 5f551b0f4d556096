"""The candidate language in JAX: every name as it is."""

from evolve.language import rules
from evolve.translate.exports.library import Library, short

_SPECIAL = "jax.scipy.special"

JAX = Library(
  title="JAX",
  imports={
    "math": "import math",
    "jax": "import jax",
    "jnp": "import jax.numpy as jnp",
    "lax": "from jax import lax",
    "special": "from jax.scipy import special",
  },
  names={
    path: short(path).replace(_SPECIAL, "special")
    for module, names in rules.MODULES.items()
    for path in (f"{module}.{name}" for name in names)
  }
  | {f"builtins.{name}": name for name in rules.BUILTINS},
  methods={name: name for name in rules.METHODS},
  properties={name: name for name in rules.PROPERTIES},
)
