"""Sites where programs can change."""

import ast

from evolve.proposers.expression import canonical, sites


def test_guarded_expressions_are_not_free():
  source = "def activation(x):\n  return x / jnp.sqrt(1 + jnp.square(x))\n"
  module = canonical.parse(source)
  free = [
    ast.unparse(s.node) for s in sites.of_program(module) if not s.guarded
  ]
  assert free == ["x / jnp.sqrt(1 + jnp.square(x))", "x", "x"]


def test_axes_and_shifts_are_no_sites():
  source = (
    "def activation(x):\n"
    "  size = 1\n"
    "  return jnp.roll(x, size, axis=-1) + x[..., :1] ** 2\n"
  )
  module = canonical.parse(source)
  found = [ast.unparse(s.node) for s in sites.of_program(module)]
  assert found == [
    "jnp.roll(x, 1, axis=-1) + x[..., :1] ** 2",
    "jnp.roll(x, 1, axis=-1)",
    "x",
    "x[..., :1] ** 2",
    "x[..., :1]",
  ]
