"""One compiled program for the activations of many formulas."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from evolve.proposers.spaces.formula import Formula
from evolve.proposers.spaces.operators import OPERATORS
from harness.core.fitness import Activation

# The operators by number of operands.
_Tables = tuple[tuple[str, ...], ...]


class FormulaMap:
  """Computes something of each of many formulas.

  Formulas that differ only in operators of equal arity are of one form. Those
  of a form share a program, in which their operators are data.
  """

  def __init__(
    self,
    compute: Callable[..., jax.Array],
    formulas: Sequence[Formula],
    chunk: int = 64,
  ):
    """Makes the map; programs are compiled when they are needed.

    Args:
      compute: of an activation and further arguments; is traced.
      formulas: all that it will ever be applied to, or others with the same
        operators.
      chunk: how many of a form are computed by a call of its program.
    """
    self._compute = compute
    self._chunk = chunk
    names = sorted({name for f in formulas for name in _operators(f)})
    self._tables: _Tables = tuple(
      tuple(name for name in names if OPERATORS[name].arity == arity)
      for arity in range(4)
    )
    self._programs: dict[str, Any] = {}

  def __call__(self, formulas: Sequence[Formula], *args: Any) -> np.ndarray:
    """The results, [len(formulas), ...].

    Args:
      formulas: at least one.
      *args: what `compute` takes after the activation.
    """
    by_form: dict[str, list[int]] = defaultdict(list)
    for place, formula in enumerate(formulas):
      by_form[_form(formula)].append(place)
    found: dict[int, np.ndarray] = {}
    for places in by_form.values():
      for start in range(0, len(places), self._chunk):
        chunk = places[start : start + self._chunk]
        rows = self._of_one_form([formulas[i] for i in chunk], args)
        found |= zip(chunk, rows, strict=True)
    return np.stack([found[place] for place in range(len(formulas))])

  def _of_one_form(
    self, formulas: Sequence[Formula], args: tuple[Any, ...]
  ) -> np.ndarray:
    numbers = [self._numbers(formula) for formula in formulas]
    # A program has one shape.
    numbers += [numbers[-1]] * (self._chunk - len(numbers))
    rows = np.array(numbers, np.int32).reshape(self._chunk, -1)
    results = self._program(formulas[0])(rows, *args)
    return np.asarray(results)[: len(formulas)]

  def _numbers(self, formula: Formula) -> list[int]:
    return [
      self._tables[OPERATORS[name].arity].index(name)
      for name in _operators(formula)
    ]

  def _program(self, form: Formula) -> Any:
    key = _form(form)
    if key not in self._programs:

      def of_all(rows: jax.Array, *args: Any) -> jax.Array:
        def of_one(row: jax.Array) -> jax.Array:
          return self._compute(_activation(form, self._tables, row), *args)

        # Not vmap: it computes every branch of a switch, for all formulas.
        results: jax.Array = lax.map(of_one, rows)
        return results

      self._programs[key] = jax.jit(of_all)
    return self._programs[key]


def _form(formula: Formula) -> str:
  return f"({','.join(map(_form, formula.operands))})"


def _operators(formula: Formula) -> list[str]:
  return [part.operator for _, part in formula.operations()]


def _activation(form: Formula, tables: _Tables, numbers: Any) -> Activation:
  """The formula of a form whose operators are numbers in tables."""

  def activation(x: jax.Array) -> jax.Array:
    order = iter(range(len(numbers)))

    def value(part: Formula) -> jax.Array:
      if not part.operands:
        return x
      number = jnp.asarray(numbers)[next(order)]
      operands = [value(operand) for operand in part.operands]
      names = tables[len(operands)]
      branches = [OPERATORS[name].function for name in names]
      result: jax.Array = lax.switch(number, branches, *operands)
      return result

    return value(form)

  return activation
