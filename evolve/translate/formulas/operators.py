"""What the operators of Python do to symbols."""

import ast
from collections.abc import Callable
from typing import Any

import sympy

from evolve.translate.formulas import algebra
from evolve.translate.formulas.algebra import NoFormulaError, arithmetic

_OPERATORS: dict[type[ast.operator], Callable[..., sympy.Expr]] = {
  ast.Add: algebra.add,
  ast.Sub: algebra.subtract,
  ast.Mult: algebra.multiply,
  ast.Div: algebra.divide,
  ast.Pow: algebra.power,
}
_LOGIC: dict[type[ast.operator], Callable[..., Any]] = {
  ast.BitAnd: algebra.both,
  ast.BitOr: algebra.either,
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
  ast.Lt: "<",
  ast.LtE: "<=",
  ast.Gt: ">",
  ast.GtE: ">=",
  ast.Eq: "==",
  ast.NotEq: "!=",
}


def combined(operator: ast.operator, a: Any, b: Any) -> Any:
  """What an operator makes of two values.

  Raises:
    NoFormulaError: if formulas have none for it.
  """
  if type(operator) in _LOGIC:
    return _LOGIC[type(operator)](a, b)
  if type(operator) not in _OPERATORS:
    raise NoFormulaError(f"no notation for {type(operator).__name__}")
  return _OPERATORS[type(operator)](arithmetic(a), arithmetic(b))


def compared(a: Any, operator: ast.cmpop, b: Any) -> Any:
  """The truth value of a comparison."""
  match operator:
    case ast.Is() | ast.IsNot():
      return algebra.number((a is b) is isinstance(operator, ast.Is))
    case ast.In() | ast.NotIn():
      same = [algebra.compare(a, "==", element) for element in b]
      found = sympy.true in same
      return algebra.number(found is isinstance(operator, ast.In))
  relation = _COMPARISONS[type(operator)]
  return algebra.compare(arithmetic(a), relation, arithmetic(b))
