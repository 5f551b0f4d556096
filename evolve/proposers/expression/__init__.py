"""Search by changes of the syntax tree, which needs no language model."""

from evolve.proposers.expression.mutators import (
  ExpressionMutator,
  RandomMutator,
)

__all__ = ["ExpressionMutator", "RandomMutator"]
