"""Features of formulas that are computed without training."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from evolve.proposers.spaces.formula import Formula
from evolve.proposers.spaces.operators import OPERATORS
from evolve.surrogate.fisher import NUM_BINS, Fisher

# The operators by number of operands.
_Tables = tuple[tuple[str, ...], ...]


def spectra(fisher: Fisher, formulas: Sequence[Formula]) -> np.ndarray:
  """Fisher spectra of formulas, float32 [len(formulas), layers, bins].

  Formulas of one form share a program, in which their operators are data. NaN
  where a gradient is not finite.
  """
  by_form: dict[str, list[int]] = defaultdict(list)
  for place, formula in enumerate(formulas):
    by_form[_form(formula)].append(place)
  found = np.empty((len(formulas), len(fisher.layers), NUM_BINS), np.float32)
  for places in by_form.values():
    found[places] = _of_one_form(fisher, [formulas[i] for i in places])
  return found


def _form(formula: Formula) -> str:
  """Equal for formulas that differ in operators of equal arity only."""
  return f"({','.join(map(_form, formula.operands))})"


def _of_one_form(fisher: Fisher, formulas: Sequence[Formula]) -> np.ndarray:
  names = sorted({name for f in formulas for name in _operators(f)})
  tables: _Tables = tuple(
    tuple(name for name in names if OPERATORS[name].arity == arity)
    for arity in range(4)
  )
  numbers = [
    [tables[OPERATORS[name].arity].index(name) for name in _operators(formula)]
    for formula in formulas
  ]
  form = formulas[0]

  def of_one(row: jax.Array) -> jax.Array:
    return fisher.spectra(_activation(form, tables, row))

  # Not vmap: it computes every branch of a switch, for all formulas.
  compute = jax.jit(lambda rows: lax.map(of_one, rows))
  return np.asarray(compute(jnp.array(numbers, jnp.int32)))


def _operators(formula: Formula) -> list[str]:
  return [part.operator for _, part in formula.operations()]


def _activation(
  form: Formula, tables: _Tables, numbers: jax.Array
) -> Callable[[jax.Array], jax.Array]:
  """The formula of a form whose operators are numbers in tables."""

  def activation(x: jax.Array) -> jax.Array:
    order = iter(range(len(numbers)))

    def value(part: Formula) -> jax.Array:
      if not part.operands:
        return x
      number = numbers[next(order)]
      operands = [value(operand) for operand in part.operands]
      names = tables[len(operands)]
      branches = [OPERATORS[name].function for name in names]
      result: jax.Array = lax.switch(number, branches, *operands)
      return result

    return value(form)

  return activation
