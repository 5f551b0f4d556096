"""JAX: the names of the language as they are, with the imports they need."""

from evolve.language import rules
from evolve.translate.errors import short
from evolve.translate.exports.target import Target

_SPECIAL = "jax.scipy.special"

JAX = Target(
  title="JAX",
  imports={
    "math": "import math",
    "jax": "import jax",
    "jnp": "import jax.numpy as jnp",
    "lax": "from jax import lax",
    "special": "from jax.scipy import special",
  },
  functions={
    path: short(path).replace(_SPECIAL, "special")
    for module, names in rules.MODULES.items()
    for path in (f"{module}.{name}" for name in names)
  }
  | {f"builtins.{name}": name for name in rules.BUILTINS},
  methods={name: name for name in rules.METHODS},
  properties={name: name for name in rules.PROPERTIES},
  immutable=True,
)
