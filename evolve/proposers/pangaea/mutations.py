"""The random formulas of PANGAEA, and their mutations.

Bingham and Miikkulainen, arXiv 2006.03179. A parameter multiplies the value of
a part of the formula; up to three are placed anew after each mutation.
"""

import numpy as np

from evolve.proposers.expression.blocks import pick
from evolve.proposers.spaces import CORE_UNIT
from evolve.proposers.spaces.formula import Formula, X
from evolve.proposers.spaces.operators import BINARY, OPERATORS, UNARY

PARAMETER = "scale"
MAX_PARAMETERS = 3


def draw(rng: np.random.Generator) -> Formula:
  """unary(unary(x)) or binary(unary(x), unary(x)), without parameters."""
  if rng.random() < 0.5:
    return CORE_UNIT.draw(rng)
  return Formula(pick(rng, UNARY), (Formula(pick(rng, UNARY), (X,)),))


def insert(formula: Formula, rng: np.random.Generator) -> Formula:
  """Puts an operator around a part; the other operand of two is the input."""
  path, part = pick(rng, list(formula.parts()))
  name = pick(rng, UNARY + BINARY)
  operands: tuple[Formula, ...] = (part,)
  if OPERATORS[name].arity == 2:
    operands = pick(rng, ((part, X), (X, part)))
  return formula.replaced(path, Formula(name, operands))


def remove(formula: Formula, rng: np.random.Generator) -> Formula:
  """Puts one of its operands in the place of an operator, unless it's alone."""
  operations = formula.operations()
  if len(operations) < 2:
    return change(formula, rng)
  path, part = pick(rng, operations)
  rest = formula.replaced(path, pick(rng, part.operands))
  return rest if rest.operands else change(formula, rng)


def change(formula: Formula, rng: np.random.Generator) -> Formula:
  """Replaces one operator by another of its arity."""
  return CORE_UNIT.mutate(formula, rng)


def regenerate(formula: Formula, rng: np.random.Generator) -> Formula:
  """Replaces every operator by another of its arity."""
  for path, _ in formula.operations():
    part = dict(formula.parts())[path]
    formula = formula.replaced(path, CORE_UNIT.changed(part, rng))
  return formula


def mutate(formula: Formula, rng: np.random.Generator) -> Formula:
  """Applies one of the four, all equally likely, and loses parameters."""
  mutation = pick(rng, (insert, remove, change, regenerate))
  return mutation(without_parameters(formula), rng)


def parametrised(formula: Formula, rng: np.random.Generator) -> Formula:
  """The formula with none to three parameters at parts drawn at random."""
  paths = [path for path, _ in formula.parts()]
  count = min(int(rng.integers(MAX_PARAMETERS + 1)), len(paths))
  chosen = rng.choice(len(paths), size=count, replace=False)
  # Inner ones first: those outside keep their paths.
  for path in sorted((paths[i] for i in chosen), key=len, reverse=True):
    part = dict(formula.parts())[path]
    formula = formula.replaced(path, Formula(PARAMETER, (part,)))
  return formula


def without_parameters(formula: Formula) -> Formula:
  """The inverse of `parametrised`."""
  operands = tuple(map(without_parameters, formula.operands))
  if formula.operator == PARAMETER:
    return operands[0]
  return Formula(formula.operator, operands)
