"""How large formulas may become."""

import sympy

from evolve.translate.formulas.algebra import NoFormulaError

# Who would read more?
_MAX_OPERATIONS = 400
_MAX_DEPTH = 60


class SizeLimit:
  """Measures expressions, each of whose parts it measures once.

  Parts may be shared: an expression of few objects can be one of millions of
  operations.
  """

  def __init__(self) -> None:
    # The numbers of operations, and how deep they are nested.
    self._sizes: dict[sympy.Basic, tuple[int, int]] = {}

  def check(self, expression: sympy.Basic) -> None:
    """Raises a NoFormulaError if an expression is too large."""
    operations, depth = self._measure(expression)
    if operations > _MAX_OPERATIONS or depth > _MAX_DEPTH:
      raise NoFormulaError("the formula is too large")

  def _measure(self, expression: sympy.Basic) -> tuple[int, int]:
    if not expression.args:
      return 0, 0
    if expression not in self._sizes:
      sizes = [self._measure(part) for part in expression.args]
      own = max(1, len(sizes) - 1)
      self._sizes[expression] = (
        own + sum(operations for operations, _ in sizes),
        1 + max(depth for _, depth in sizes),
      )
    return self._sizes[expression]
