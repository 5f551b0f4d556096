"""Lays expressions out as formulas."""

import sympy
from sympy.core.relational import Relational

from evolve.translate.formulas.layout import (
  SIGMA,
  Brackets,
  Call,
  Cases,
  Fraction,
  Layout,
  Number,
  Operator,
  Power,
  Root,
  Row,
  Symbol,
)

_HALF = sympy.Rational(1, 2)
_TIMES = Operator("·")
_CONSTANTS = {sympy.pi: "π", sympy.E: "e"}
_DELIMITERS = {"abs": "||", "ceil": "⌈⌉", "floor": "⌊⌋"}
_RELATIONS = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "="}
# Where custom has another name than the language.
_FUNCTIONS = {
  "hard_sigmoid": "hardsigmoid",
  "hard_swish": "hardswish",
  "hard_tanh": "hardtanh",
  "leaky_relu": "leakyrelu",
  "log10": "log₁₀",
  "log2": "log₂",
  "log_sigmoid": "logsigmoid",
  "sigmoid": SIGMA,
  "sinc_pi": "sinc",
  "sparse_plus": "sparseplus",
  "sparse_sigmoid": "sparsesigmoid",
}
# Squares of their values are written as sin²(x).
_WITH_EXPONENTS = frozenset(
  {"cos", "cosh", "log", "sin", "sinh", "tan", "tanh"}
)


def layout(expression: sympy.Basic) -> Layout:
  """How an expression of `symbolic`, or a part of one, is laid out."""
  if expression.is_Number:
    return _number(expression)
  if expression.is_Add:
    return _sum(expression)
  if expression.is_Mul or _is_quotient(expression):
    return _product(expression)
  if expression.is_Pow:
    return _power(*expression.args)
  if isinstance(expression, sympy.Piecewise):
    return _cases(expression)
  if isinstance(expression, sympy.core.function.AppliedUndef):
    return _call(expression)
  if isinstance(expression, Relational | sympy.And | sympy.Or | sympy.Not):
    return _condition(expression)
  return Symbol(_CONSTANTS.get(expression, str(expression)))


def _number(value: sympy.Expr) -> Layout:
  if value < 0:
    return _row(Operator("-", between=False), _number(-value))
  if value.is_Rational and not value.is_Integer:
    return Fraction(Number(str(value.p)), Number(str(value.q)))
  digits, _, exponent = f"{float(value):.10g}".partition("e")
  if value.is_Integer:
    digits, exponent = str(value), ""
  if not exponent:
    return Number(digits)
  power = Power(Number("10"), _number(sympy.Integer(int(exponent))))
  return power if digits == "1" else _row(Number(digits), _TIMES, power)


def _row(*parts: Layout) -> Row:
  """Parts side by side; those of rows among them are parts of their own."""
  return Row(
    tuple(
      inner
      for part in parts
      for inner in (part.parts if isinstance(part, Row) else (part,))
    )
  )


def _sum(expression: sympy.Expr) -> Layout:
  # Cases at the end need no brackets.
  terms = sorted(
    expression.args, key=lambda term: isinstance(term, sympy.Piecewise)
  )
  parts: list[Layout] = []
  for term in terms:
    laid_out = layout(term)
    if isinstance(term, sympy.Piecewise) and term is not terms[-1]:
      laid_out = Brackets(laid_out)
    match laid_out:
      case Row(parts=(Operator(text="-", between=False), *rest)) if parts:
        parts += [Operator("-"), *rest]
      case _:
        parts += [*([Operator("+")] if parts else []), laid_out]
  return _row(*parts)


def _is_quotient(expression: sympy.Basic) -> bool:
  """Whether it is a power that is written below a line."""
  if not expression.is_Pow:
    return False
  exponent = expression.exp
  return bool(exponent.is_Rational and exponent < 0)


def _product(expression: sympy.Expr) -> Layout:
  factors = list(expression.args if expression.is_Mul else (expression,))
  above, below = [], []
  coefficient = sympy.Integer(1)
  if factors[0].is_Number:
    coefficient = factors.pop(0)
  negative = bool(coefficient < 0)
  coefficient = abs(coefficient)
  if coefficient.is_Rational:
    if coefficient.p != 1:
      above.append(sympy.Integer(coefficient.p))
    if coefficient.q != 1:
      below.append(sympy.Integer(coefficient.q))
  else:
    above.append(coefficient)
  for factor in factors:
    if _is_quotient(factor):
      below.append(_inverse(factor))
    else:
      above.append(factor)
  whole = _factors(above)
  if below:
    whole = Fraction(whole, _factors(below))
  elif negative and len(above) == 1 and _is_loose(above[0]):
    whole = Brackets(whole)
  return _row(Operator("-", between=False), whole) if negative else whole


def _is_loose(factor: sympy.Expr) -> bool:
  """Whether it needs brackets in a product."""
  return bool(factor.is_Add) or isinstance(factor, sympy.Piecewise)


def _inverse(power: sympy.Expr) -> sympy.Expr:
  base, exponent = power.args
  if exponent == -1:
    return base
  return sympy.Pow(base, -exponent, evaluate=False)


def _factors(factors: list[sympy.Expr]) -> Layout:
  if not factors:
    return Number("1")
  if len(factors) == 1:
    return layout(factors[0])
  parts: list[Layout] = []
  for factor in factors:
    part = layout(factor)
    # Only the first factor may begin with a sign.
    if _is_loose(factor) or (parts and _begins_with_sign(part)):
      part = Brackets(part)
    if parts:
      parts.append(_TIMES if _begins_with_digit(part) else Operator(""))
    parts.append(part)
  return _row(*parts)


def _begins_with_sign(part: Layout) -> bool:
  return isinstance(part, Row) and isinstance(part.parts[0], Operator)


def _begins_with_digit(part: Layout) -> bool:
  match part:
    case Number():
      return True
    case Power(base=first) | Row(parts=(first, *_)):
      return _begins_with_digit(first)
    case Fraction():
      return True
  return False


def _power(base: sympy.Expr, exponent: sympy.Expr) -> Layout:
  if exponent == _HALF:
    return Root(layout(base))
  inside, above = layout(base), layout(exponent)
  match inside:
    case Call(function=Symbol(text=name), arguments=arguments) if (
      name in _WITH_EXPONENTS and exponent.is_Integer
    ):
      return Call(Power(Symbol(name), above), arguments)
    case Number() | Symbol() | Brackets() | Call():
      return Power(inside, above)
  return Power(Brackets(inside), above)


def _cases(expression: sympy.Piecewise) -> Layout:
  return Cases(
    tuple(
      (layout(value), None if condition == sympy.true else layout(condition))
      for value, condition in expression.args
    )
  )


def _call(expression: sympy.Expr) -> Layout:
  name = expression.func.__name__
  arguments = tuple(layout(argument) for argument in expression.args)
  if name in _DELIMITERS:
    return Brackets(arguments[0], *_DELIMITERS[name])
  if name == "exp":
    return Power(Symbol("e"), arguments[0])
  return Call(Symbol(_FUNCTIONS.get(name, name)), arguments)


def _condition(expression: sympy.Basic) -> Layout:
  if isinstance(expression, Relational):
    sign = _RELATIONS.get(expression.rel_op, expression.rel_op)
    left, right = [
      Brackets(layout(side))
      if isinstance(side, sympy.Piecewise)
      else layout(side)
      for side in expression.args
    ]
    return _row(left, Operator(sign), right)
  parts = [layout(argument) for argument in expression.args]
  if isinstance(expression, sympy.Not):
    return _row(Operator("not", between=False), Brackets(parts[0]))
  word = "and" if isinstance(expression, sympy.And) else "or"
  joined: list[Layout] = []
  for argument, part in zip(expression.args, parts, strict=True):
    simple = isinstance(argument, Relational)
    joined += [Operator(word), part if simple else Brackets(part)]
  return _row(*joined[1:])
