"""Enumerated spaces of formulas, and those of them that differ.

Bingham and Miikkulainen, arXiv 2301.05785, by the description of the paper.
"""

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from evolve.proposers.spaces.formula import Formula
from evolve.proposers.spaces.operators import (
  BINARY,
  OPERATORS,
  TERNARY,
  UNARY,
)

NUM_INPUTS = 1_000
_FURTHEST = 5.0
# Bits of a float64 that count for equality: sign, exponent and 17 of the
# fraction, which are five decimal digits.
_DROPPED = 52 - 17


@dataclasses.dataclass(frozen=True)
class Shape:
  """All formulas of one form: any of some operators, on operands of a form.

  They are in the order of their operators, outer before inner, the last ones
  changing first.

  Attributes:
    operators: names, or that of the input alone.
    operands: their forms.
  """

  operators: tuple[str, ...]
  operands: tuple["Shape", ...] = ()

  @functools.cached_property
  def size(self) -> int:
    """The number of formulas."""
    return len(self.operators) * self._num_inner

  @property
  def _num_inner(self) -> int:
    return math.prod(shape.size for shape in self.operands)

  def formula(self, index: int) -> Formula:
    """The formula of a number below `size`."""
    place, rest = divmod(index, self._num_inner)
    operands: list[Formula] = []
    for shape in reversed(self.operands):
      rest, inner = divmod(rest, shape.size)
      operands.insert(0, shape.formula(inner))
    return Formula(self.operators[place], tuple(operands))

  def blocks(self, x: np.ndarray) -> Iterator[jax.Array]:
    """The formulas' values at x, [n]: a float64 [n / ..., n] per operator."""
    if not self.operands:
      yield jnp.asarray(x)[None]
      return
    grids = [shape.values(x) for shape in self.operands]
    count = len(grids)
    axes = [
      values[(None,) * k + (slice(None),) + (None,) * (count - 1 - k)]
      for k, values in enumerate(grids)
    ]
    for name in self.operators:
      apply = jax.jit(OPERATORS[name].function)
      yield apply(*axes).reshape(-1, len(x))

  def values(self, x: np.ndarray) -> jax.Array:
    """The formulas' values at x, [n]: float64 [size, n]."""
    return jnp.concatenate(list(self.blocks(x)))


INPUT = Shape(("x",))


def _unary(inner: Shape) -> Shape:
  return Shape(UNARY, (inner,))


def _binary(*operands: Shape) -> Shape:
  return Shape(BINARY, operands)


_U = _unary(INPUT)
# Functions of the literature; a search by a surrogate begins with them.
BASELINES = (
  *("elu", "relu", "selu", "sigmoid", "softplus", "softsign", "swish", "tanh"),
)


class Enumeration:
  """The formulas of several forms, numbered through."""

  def __init__(self, *shapes: Shape):
    self._shapes = shapes
    self._starts = np.cumsum([0, *(shape.size for shape in shapes)])

  def __len__(self) -> int:
    return int(self._starts[-1])

  def formula(self, index: int) -> Formula:
    """The formula of a number."""
    place = int(np.searchsorted(self._starts, index, "right")) - 1
    return self._shapes[place].formula(index - int(self._starts[place]))

  def first_of_each(self) -> np.ndarray:
    """The numbers of the formulas that equal no earlier one, increasing.

    Two are equal if their values on `inputs` are, to five digits, in float64.
    """
    return np.unique(self.group_of_each())

  def group_of_each(self) -> np.ndarray:
    """Of each formula, the number of the first that equals it, [len]."""
    x, keys = inputs(), []
    with jax.enable_x64(True):
      for shape in self._shapes:
        keys += [np.asarray(_keys(block)) for block in shape.blocks(x)]
    _, first, place = np.unique(
      np.concatenate(keys), return_index=True, return_inverse=True
    )
    return np.asarray(first[place])

  def first_equal(self, formula: Formula) -> Formula | None:
    """The first formula that equals another one; None if it has none.

    Args:
      formula: any, of this space or not.
    """
    x, start = inputs(), 0
    with jax.enable_x64(True):
      key = np.asarray(_keys(_values(formula, jnp.asarray(x))[None]))
      for shape in self._shapes:
        for block in shape.blocks(x):
          if len(found := np.flatnonzero(np.asarray(_keys(block)) == key)):
            return self.formula(start + int(found[0]))
          start += len(block)
    return None

  def of_distinct(
    self, compute: Callable[[np.ndarray], np.ndarray]
  ) -> tuple[np.ndarray, np.ndarray]:
    """Results for all formulas that equal no earlier one.

    Args:
      compute: of the values of n formulas on `inputs`, float64 [n, 1000], to an
        array [n, ...].

    Returns:
      The formulas' numbers, increasing, and their results.
    """
    numbers, start, found = self.first_of_each(), 0, []
    with jax.enable_x64(True):
      for shape in self._shapes:
        for block in shape.blocks(inputs()):
          end = start + len(block)
          rows = numbers[(start <= numbers) & (numbers < end)] - start
          found.append(compute(np.asarray(block)[rows]))
          start = end
    return numbers, np.concatenate(found)


# binary(unary(x), unary(x)).
SMALL = Enumeration(_binary(_U, _U))
# Graphs of four operators, and functions of the literature.
LARGE = Enumeration(
  _unary(_unary(_unary(_U))),
  _unary(_binary(_U, _U)),
  _binary(_unary(_U), _U),
  _binary(_U, _unary(_U)),
  Shape(TERNARY, (_U, _U, _U)),
  Shape(BASELINES, (INPUT,)),
)


@functools.cache
def inputs() -> np.ndarray:
  """Draws of a standard normal distribution within [-5, 5], float64 [1000]."""
  draws = np.random.default_rng(0).normal(size=NUM_INPUTS)
  return draws.clip(-_FURTHEST, _FURTHEST)


def _values(formula: Formula, x: jax.Array) -> jax.Array:
  """A formula's values at x, of any shape."""
  if not formula.operands:
    return x
  operands = [_values(operand, x) for operand in formula.operands]
  found: jax.Array = OPERATORS[formula.operator].function(*operands)
  return found


@jax.jit
def _keys(values: jax.Array) -> jax.Array:
  """Equal for equal rows; for others, but once in 2^60 or so, not: [len]."""
  # NaN is NaN, whatever its bits, and -0 is 0.
  values = jnp.where(jnp.isnan(values), jnp.nan, values)
  values = jnp.where(values == 0, 0.0, values)
  bits = lax.bitcast_convert_type(values, jnp.uint64)
  rounded = (bits + (1 << (_DROPPED - 1))) >> _DROPPED
  rng = np.random.default_rng(1)
  weights = rng.integers(2**63, size=values.shape[1], dtype=np.uint64) * 2 + 1
  return jnp.sum(rounded * weights, axis=1)
