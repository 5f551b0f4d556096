"""Mutators of syntax trees, which need no language model."""

from evolve.proposers.expression.mutators import (
  ExpressionMutator,
  RandomMutator,
)

__all__ = ["ExpressionMutator", "RandomMutator"]
