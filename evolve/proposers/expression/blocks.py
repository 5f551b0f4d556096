"""Building blocks of expressions, as text with placeholders.

In a block, x is the input, e and b are any expressions, and the name of a role
is a constant drawn for that role. Blocks act element by element, and keep every
function in its domain for any e and b.
"""

import ast
import functools
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from evolve.proposers.expression import canonical, tree
from evolve.proposers.expression.simplify import round_constant

T = TypeVar("T")


def _log_uniform(low: float, high: float) -> Callable[..., float]:
  return lambda rng: float(np.exp(rng.uniform(np.log(low), np.log(high))))


# Ranges suit pre-activations of standardised data, mostly within [-5, 5].
ROLES: Mapping[str, Callable[[np.random.Generator], float]] = MappingProxyType(
  {
    "amplitude": _log_uniform(0.03, 1.0),
    "frequency": _log_uniform(0.3, 8.0),
    "scale": _log_uniform(0.2, 4.0),
    "shift": lambda rng: float(rng.normal()),
    "slope": _log_uniform(0.01, 1.0),
    "decay": _log_uniform(0.02, 1.0),
    "weight": lambda rng: float(rng.uniform(0.1, 0.9)),
  }
)

LEAVES = ("x", "x", "x", "scale * x", "x + shift", "scale * x + shift")

FUNCTIONS = (
  "jax.nn.relu",
  "jax.nn.leaky_relu",
  "jax.nn.elu",
  "jax.nn.selu",
  "jax.nn.gelu",
  "jax.nn.silu",
  "jax.nn.mish",
  "jax.nn.softplus",
  "jax.nn.sigmoid",
  "jax.nn.hard_tanh",
  "jax.nn.soft_sign",
  "jnp.tanh",
  "jnp.arctan",
  "jnp.arcsinh",
  "jnp.sin",
  "jnp.cos",
  "jnp.sinc",
  "jnp.abs",
  "jnp.square",
)

UNARY = (
  *(f"{function}(e)" for function in FUNCTIONS),
  "jnp.exp(-jnp.square(e))",
  "jnp.log1p(jnp.abs(e))",
  "jnp.sqrt(1 + jnp.square(e))",
  "1 / (1 + jnp.square(e))",
  "scale * e",
  "e + shift",
)

BINARY = (
  "e + b",
  "e - b",
  "e * b",
  "e / (1 + jnp.abs(b))",
  "jnp.maximum(e, b)",
  "jnp.minimum(e, b)",
  "jnp.where(x > 0, e, b)",
)

PERIODIC = (
  "e + amplitude * jnp.sin(frequency * x)",
  "e + amplitude * jnp.cos(frequency * x)",
  "e + amplitude * jnp.square(jnp.sin(frequency * x))",
  "e * (1 + amplitude * jnp.sin(frequency * x))",
  "e * (1 + amplitude * jnp.sinc(frequency * x))",
  "e + amplitude * jnp.sin(frequency * x) * jnp.exp(-decay * jnp.square(x))",
)

GATES = (
  "e * jax.nn.sigmoid(scale * x)",
  "e * jax.nn.sigmoid(scale * x + shift)",
  "e * jnp.tanh(scale * x)",
  "e * jnp.exp(-decay * jnp.square(x))",
  "e * jnp.exp(-decay * jnp.square(x)) + slope * x",
)

# Ways to join two whole activations.
MIXES = (
  "e + b",
  "e + amplitude * b",
  "weight * e + (1 - weight) * b",
  "jax.nn.sigmoid(scale * x) * e + jax.nn.sigmoid(-scale * x) * b",
  "e * jax.nn.sigmoid(b)",
  "e * (1 + amplitude * jnp.tanh(b))",
  "jnp.where(x > 0, e, b)",
  "jnp.maximum(e, b)",
)


def pick(rng: np.random.Generator, options: Sequence[T]) -> T:
  """One of the options, all equally likely."""
  return options[int(rng.integers(len(options)))]


@functools.cache
def _parsed(block: str) -> ast.expr:
  return ast.parse(block, mode="eval").body


def fill(
  block: str,
  rng: np.random.Generator,
  argument: str,
  **expressions: ast.expr,
) -> ast.expr:
  """The expression of a block.

  Args:
    block: its text.
    rng: draws the constants; a role that occurs twice is one constant.
    argument: name of the input, in the place of x.
    **expressions: those in the place of e and b.

  Returns:
    A new tree, which shares no node with `expressions`.
  """
  values = {"x": ast.Name(argument, ast.Load()), **expressions}
  for role, draw in ROLES.items():
    value = round_constant(draw(rng)) if role in block else None
    if value is not None:
      values[role] = ast.Constant(value, kind=role)
  return canonical.substitute(tree.copied(_parsed(block)), values)


def random_expression(
  rng: np.random.Generator, argument: str, depth: int
) -> ast.expr:
  """A random expression of the input, `depth` blocks deep or less."""
  if depth <= 0:
    return fill(pick(rng, LEAVES), rng, argument)
  # The shares of the kinds are ours: binary blocks double the size.
  kind = rng.random()
  if kind < 0.45:
    block = pick(rng, UNARY)
  elif kind < 0.7:
    block = pick(rng, BINARY)
  elif kind < 0.85:
    block = pick(rng, PERIODIC)
  else:
    block = pick(rng, GATES)
  # One operand has the full depth left, so that the whole has `depth`.
  e = random_expression(rng, argument, depth - 1)
  b = random_expression(rng, argument, int(rng.integers(depth)))
  return fill(block, rng, argument, e=e, b=b)
