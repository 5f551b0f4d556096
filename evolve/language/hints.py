"""Advice on what to write instead of names that the language does not have."""

import difflib
from collections.abc import Iterable, Mapping

from evolve.language import rules

_PRODUCT = "sum products with `jnp.sum`"
_LOOP = "loop with `for` over a constant range"
_WHOLE = "functions of jnp take whole arrays"
_DERIVATIVE = "write the derivative out"
_GRADIENT = "the gradient is that of what is written; see `lax.stop_gradient`"
_LIBRARY = "jnp, jax.nn and jax.scipy.special are there"
_LIST = "lists never change: write `terms = terms + [y]`, or a comprehension"
_NO_OUTPUT = "a candidate prints nothing"

# By the path of a module, of its member, or of a name that nothing binds.
_INSTEAD: Mapping[str, str] = {
  "jax.numpy.linalg": (
    "a norm is `jnp.sqrt(jnp.sum(x**2, axis=-1, keepdims=True))`"
  ),
  **dict.fromkeys(
    [f"jax.numpy.{n}" for n in ("dot", "einsum", "inner", "matmul", "outer",
     "tensordot", "vdot", "vecdot")], _PRODUCT,
  ),
  **dict.fromkeys(
    ("jax.vmap", "jax.lax.map", "jax.numpy.vectorize",
     "jax.numpy.apply_along_axis"), _WHOLE,
  ),
  **dict.fromkeys(
    ("jax.lax.fori_loop", "jax.lax.scan", "jax.lax.while_loop"), _LOOP
  ),
  **dict.fromkeys(("jax.grad", "jax.jvp", "jax.vjp"), _DERIVATIVE),
  **dict.fromkeys(("jax.custom_jvp", "jax.custom_vjp"), _GRADIENT),
  "jax.lax.cond": "choose with `jnp.where`",
  "jax.lax.switch": "choose with `jnp.select`",
  "jax.jit": "leave it out: it changes no value",
  "jax.random": "an activation draws no random numbers",
  "jax.debug": _NO_OUTPUT,
  **dict.fromkeys(
    ("numpy", "np", "scipy", "torch", "F", "tensorflow", "tf", "flax"),
    _LIBRARY,
  ),
  "nn": "write `jax.nn`",
  **dict.fromkeys(("functools", "partial"), "write a helper function"),
  **dict.fromkeys(("map", "filter"), "write a comprehension"),
  "print": _NO_OUTPUT,
}  # fmt: skip

# By the attribute of an array or a list.
_METHODS: Mapping[str, str] = {
  **dict.fromkeys(("append", "extend", "insert"), _LIST),
  "at": "nothing changes in place: choose with `jnp.where`",
}

# A list of more known names would help nobody.
_MAX_LISTED = 30


def instead_of(path: str, known: Iterable[str]) -> str:
  """The rule for an unknown name.

  Advice written for it comes first, then a function of that name in another
  module, then names nearly like it; a wrong suggestion would be worse than
  none.

  Args:
    path: the dotted path that the name would have.
    known: the names that exist in its place.
  """
  name = path.rpartition(".")[2]
  parts = path.split(".")
  for end in range(len(parts), 0, -1):
    if advice := _INSTEAD.get(".".join(parts[:end])):
      return advice
  if member := known_as(name):
    return f"write `{member}`"
  known = sorted(known)
  if near := difflib.get_close_matches(name, known, n=5, cutoff=0.8):
    return "the nearest known: " + ", ".join(near)
  if len(known) <= _MAX_LISTED:
    return "known are " + ", ".join(known)
  return "no name of the language is near it"


def instead_of_method(name: str) -> str:
  """The rule for an unknown attribute of an array or a list."""
  if advice := _METHODS.get(name):
    return advice
  if member := known_as(name):
    return f"write `{member}`"
  return (
    "only methods that mirror jnp functions may be called on arrays: "
    + ", ".join(sorted(rules.METHODS | rules.PROPERTIES))
  )


def known_as(name: str) -> str | None:
  """A function of arrays by its bare name, as programs write it."""
  for module, members in rules.MODULES.items():
    if name in members and module not in ("math", "jax", "jax.typing"):
      return short(f"{module}.{name}")
  return None


def short(path: str) -> str:
  """A dotted path as programs write it: `jnp.sin` for `jax.numpy.sin`."""
  for module, alias in (("jax.numpy", "jnp"), ("jax.lax", "lax")):
    if path.startswith(module + "."):
      return alias + path.removeprefix(module)
  return path.removeprefix("builtins.")
