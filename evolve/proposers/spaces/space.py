"""Spaces of core units: a binary operator on two unary ones, nested."""

import dataclasses

import numpy as np

from evolve.proposers.expression.blocks import pick
from evolve.proposers.spaces.formula import Formula, X


@dataclasses.dataclass(frozen=True)
class Space:
  """Core units, binary(unary(.), unary(.)), of inputs or of core units.

  Attributes:
    unary, binary: names of operators.
    max_depth: of core units in one another.
    nesting: probability that a unary operator is applied to a core unit, where
      the depth allows that, and not to the input.
  """

  unary: tuple[str, ...]
  binary: tuple[str, ...]
  max_depth: int
  nesting: float

  def draw(self, rng: np.random.Generator) -> Formula:
    """A random formula; all depths are equally likely at most."""
    return self._unit(rng, int(rng.integers(self.max_depth)) + 1)

  def mutate(self, formula: Formula, rng: np.random.Generator) -> Formula:
    """The formula with one operator replaced by another of its arity."""
    path, part = pick(rng, formula.operations())
    return formula.replaced(path, self.changed(part, rng))

  def changed(self, part: Formula, rng: np.random.Generator) -> Formula:
    """The part with another operator of the same arity."""
    names = self.unary if len(part.operands) == 1 else self.binary
    others = [name for name in names if name != part.operator]
    return Formula(pick(rng, others), part.operands)

  def cross(
    self, formula: Formula, partner: Formula, rng: np.random.Generator
  ) -> Formula:
    """The formula with a part replaced by one of the partner's, as high."""
    path, part = pick(rng, formula.operations())
    options = [
      other for _, other in partner.parts() if other.height == part.height
    ]
    return formula.replaced(path, pick(rng, options or [part]))

  def has(self, formula: Formula) -> bool:
    """True if a formula consists of its operators; of one or more."""
    names = {part.operator for _, part in formula.operations()}
    return bool(names) and names <= {*self.unary, *self.binary}

  def _unit(self, rng: np.random.Generator, depth: int) -> Formula:
    operands = (self._unary(rng, depth), self._unary(rng, depth))
    return Formula(pick(rng, self.binary), operands)

  def _unary(self, rng: np.random.Generator, depth: int) -> Formula:
    is_nested = depth > 1 and rng.random() < self.nesting
    inner = self._unit(rng, depth - 1) if is_nested else X
    return Formula(pick(rng, self.unary), (inner,))
