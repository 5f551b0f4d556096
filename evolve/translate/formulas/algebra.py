"""Expressions in one variable as they are written, not as they could be.

SymPy would sort, expand and cancel. These operations only do what saves a
reader from noise: numbers are computed, 0 + x and 1 x are x.
"""

import functools
import operator
from collections.abc import Callable
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

# Numbers beyond these are no constants of a formula.
_MAX_BITS = 64
_MAX_FLOAT = 1e38
_RELATIONS: dict[str, tuple[type[Any], Callable[[float, float], bool]]] = {
  "<": (sympy.StrictLessThan, operator.lt),
  "<=": (sympy.LessThan, operator.le),
  ">": (sympy.StrictGreaterThan, operator.gt),
  ">=": (sympy.GreaterThan, operator.ge),
  "==": (sympy.Eq, operator.eq),
  "!=": (sympy.Ne, operator.ne),
}


class NoFormulaError(Exception):
  """What a program computes has no formula here."""


def number(value: bool | int | float) -> sympy.Basic:
  """A constant; prints as it was written.

  Raises:
    NoFormulaError: if it is infinite or no number.
  """
  if isinstance(value, bool):
    return sympy.true if value else sympy.false
  if isinstance(value, int):
    return _bounded(sympy.Integer(value))
  return _bounded(sympy.Float(value))


def _bounded(value: sympy.Expr) -> sympy.Expr:
  if isinstance(value, sympy.Rational):
    if max(value.p.bit_length(), value.q.bit_length()) > _MAX_BITS:
      raise NoFormulaError("a constant is too large")
  elif not abs(value) < _MAX_FLOAT:
    raise NoFormulaError("a constant is too large, or none")
  return value


def value_of(constant: sympy.Expr) -> float:
  """The value of an expression without variable.

  Raises:
    NoFormulaError: if it has one, or calls functions.
  """
  try:
    return float(constant)
  except TypeError as error:
    raise NoFormulaError("not a number") from error


def is_condition(value: object) -> bool:
  """Whether it is true or false, or depends on x which of them."""
  # To SymPy, a variable might be a truth value, too.
  return isinstance(value, Boolean) and not isinstance(value, sympy.Expr)


def arithmetic(value: Any) -> Any:
  """A truth value as 1 or 0; else the value."""
  if is_condition(value):
    return choose(value, sympy.Integer(1), sympy.Integer(0))
  return value


def add(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
  if a.is_Number and b.is_Number:
    return _bounded(a + b)
  if _is(a, 0) or _is(b, 0):
    return b if _is(a, 0) else a
  terms = [t for e in (a, b) for t in (e.args if e.is_Add else (e,))]
  return sympy.Add(*terms, evaluate=False)


def negate(a: sympy.Expr) -> sympy.Expr:
  return multiply(sympy.Integer(-1), a)


def subtract(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
  return add(a, negate(b))


def multiply(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
  (c, first), (d, second) = _factors(a), _factors(b)
  coefficient = _bounded(c * d)
  factors = [*first, *second]
  if not factors or _is(coefficient, 0):
    return coefficient
  if not _is(coefficient, 1):
    factors.insert(0, coefficient)
  if len(factors) == 1:
    return factors[0]
  return sympy.Mul(*factors, evaluate=False)


def divide(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
  if _is(b, 0):
    raise NoFormulaError("a division by zero")
  if _is(b, 1):
    return a
  if a.is_Number and b.is_Number:
    return _bounded(a / b)
  return multiply(a, sympy.Pow(b, -1, evaluate=False))


def power(a: sympy.Expr, b: sympy.Expr) -> sympy.Expr:
  if _is(b, 0):
    return sympy.Integer(1)
  if _is(b, 1):
    return a
  if a.is_Number and b.is_Integer and abs(b) <= _MAX_BITS:
    if _is(a, 0) and b < 0:
      raise NoFormulaError("a division by zero")
    return _bounded(a**b)
  constant = not (a.free_symbols or b.free_symbols)
  if constant and not (b.is_Number and abs(b) <= _MAX_BITS):
    # Its value, which a branch may ask for, could take forever.
    raise NoFormulaError("a constant to a large power")
  return sympy.Pow(a, b, evaluate=False)


def root(a: sympy.Expr) -> sympy.Expr:
  return sympy.Pow(a, sympy.Rational(1, 2), evaluate=False)


def compare(a: sympy.Expr, relation: str, b: sympy.Expr) -> Boolean:
  """One of < <= > >= == !=, decided where both sides are constants."""
  kind, decide = _RELATIONS[relation]
  if a.free_symbols or b.free_symbols:
    return kind(a, b, evaluate=False)
  return sympy.true if decide(value_of(a), value_of(b)) else sympy.false


def choose(
  condition: Boolean, then: sympy.Expr, otherwise: sympy.Expr
) -> sympy.Expr:
  """Either of two values; choices among the latter join the list of cases."""
  if condition in (sympy.true, sympy.false):
    return then if condition is sympy.true else otherwise
  cases = [(otherwise, sympy.true)]
  if isinstance(otherwise, sympy.Piecewise):
    cases = [tuple(case) for case in otherwise.args]
  return sympy.Piecewise((then, condition), *cases, evaluate=False)


def both(a: Boolean, b: Boolean) -> Boolean:
  if sympy.true in (a, b):
    return b if a is sympy.true else a
  return sympy.And(a, b, evaluate=False)


def either(a: Boolean, b: Boolean) -> Boolean:
  if sympy.false in (a, b):
    return b if a is sympy.false else a
  return sympy.Or(a, b, evaluate=False)


def call(name: str, *arguments: sympy.Expr) -> sympy.Expr:
  """A function that has a name; SymPy knows no more of it."""
  return _function(name)(*arguments)


@functools.cache
def _function(name: str) -> Any:
  return sympy.Function(name)


def _is(a: sympy.Expr, value: int) -> bool:
  return bool(a.is_Number) and float(a) == value


def _factors(
  a: sympy.Expr,
) -> tuple[sympy.Expr, tuple[sympy.Expr, ...]]:
  """A coefficient, and what it is the coefficient of."""
  if a.is_Number:
    return a, ()
  factors = a.args if a.is_Mul else (a,)
  if factors[0].is_Number:
    return factors[0], factors[1:]
  return sympy.Integer(1), factors
