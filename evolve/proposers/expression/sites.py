"""Sites of a program: the expressions that mutators can replace."""

import ast
import dataclasses
from collections.abc import Iterator

from evolve.language.rules import BUILTINS
from evolve.language.syntax import defaults
from evolve.proposers.expression.tree import (
  argument_of,
  dotted,
  is_integer,
  is_number,
  main_function,
  result_of,
)

# Calls whose arguments are all values of the same kind as their result.
_ALL_ARGUMENTS = {"maximum", "minimum", "where", "add", "multiply", "logaddexp"}
# Functions that overflow or leave their domain for some arguments.
_FRAGILE = {
  "exp", "exp2", "expm1", "sinh", "cosh", "log", "log2", "log10", "log1p",
  "sqrt", "rsqrt", "power", "float_power", "divide", "true_divide", "pow",
  "reciprocal", "arcsin", "arccos", "arccosh", "arctanh", "tan", "integer_pow",
  "arange", "zeros", "ones", "full", "linspace",
}  # fmt: skip
# Expressions whose values are no arrays of numbers.
_NO_VALUES = (
  *(ast.Compare, ast.BoolOp, ast.Tuple, ast.List, ast.ListComp),
  *(ast.GeneratorExp, ast.Lambda),
)
# Functions that are never negative, and so make any argument safe again.
_NON_NEGATIVE = {"abs", "square", "sigmoid", "softplus"}


@dataclasses.dataclass(frozen=True)
class Site:
  """An expression that can be replaced by another one.

  Attributes:
    node: the expression.
    argument: name of the input of the function around it.
    guarded: True if it keeps a fragile function in its domain, as the 1 and
      the sum do in sqrt(1 + x^2): only its constants may change, and only
      in size.
  """

  node: ast.expr
  argument: str
  guarded: bool


def result(module: ast.Module) -> Site:
  """The result of a program, as a site that is free to change."""
  function = main_function(module)
  return Site(result_of(function), argument_of(function), guarded=False)


def of_program(module: ast.Module) -> list[Site]:
  """Every changeable expression, outer before inner."""
  return [site for statement in module.body for site in of_statement(statement)]


def of_defaults(module: ast.Module) -> list[Site]:
  """The default values of a program's parameters, which stay numbers."""
  function = main_function(module)
  argument = argument_of(function)
  return [
    Site(value, argument, guarded=True)
    for value in defaults(function.args).values()
    if is_number(value) and not is_integer(value)
  ]


def of_statement(node: ast.stmt, argument: str = "") -> Iterator[Site]:
  """Those of one statement; `argument` is that of the function around it."""
  match node:
    case ast.FunctionDef(body=body):
      inner = argument_of(node) or argument
      for statement in body:
        yield from of_statement(statement, inner)
    case ast.For(body=body, orelse=orelse) | ast.If(body=body, orelse=orelse):
      for statement in body + orelse:
        yield from of_statement(statement, argument)
    case ast.Assign(value=ast.Constant() as value):
      # A named integer may be an axis or a count.
      if not is_integer(value):
        yield Site(value, argument, guarded=True)
    case ast.Assign(value=value) | ast.AugAssign(value=value):
      if argument:
        yield from of_expression(value, argument)
    case ast.Return(value=ast.expr() as value):
      yield from of_expression(value, argument)


def of_expression(
  node: ast.expr, argument: str, guarded: bool = False
) -> Iterator[Site]:
  """The changeable expressions of one expression, itself included.

  Expressions that may not act element by element have none inside: subscripts,
  axes, shifts, keyword arguments, arguments of methods, sequences.
  """
  if not isinstance(node, _NO_VALUES):
    yield Site(node, argument, guarded)
  for child, fragile in _operands(node, guarded):
    yield from of_expression(child, argument, fragile)


def _operands(node: ast.expr, guarded: bool) -> Iterator[tuple[ast.expr, bool]]:
  """The operands that are values, each with True if it is guarded."""
  match node:
    case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
      even = is_integer(exponent) and ast.literal_eval(exponent) % 2 == 0
      positive = is_integer(exponent) and ast.literal_eval(exponent) > 0
      yield base, not positive or (guarded and not even)
    case ast.BinOp(left=left, op=ast.Div(), right=right):
      yield left, guarded
      yield right, True
    case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult()):
      yield left, guarded
      yield node.right, guarded
    case ast.UnaryOp(op=ast.USub(), operand=operand):
      yield operand, guarded
    case ast.IfExp(body=body, orelse=orelse):
      yield body, guarded
      yield orelse, guarded
    case ast.Compare(left=left, comparators=comparators):
      for operand in (left, *comparators):
        yield operand, guarded
    case ast.Call(func=func, args=arguments):
      yield from _call_operands(func, arguments, guarded)


def _call_operands(
  func: ast.expr, arguments: list[ast.expr], guarded: bool
) -> Iterator[tuple[ast.expr, bool]]:
  path = dotted(func)
  if path is None or path.startswith("math."):
    return
  name = path.rpartition(".")[2]
  guarded = name in _FRAGILE or (guarded and name not in _NON_NEGATIVE)
  if name == path and name in BUILTINS and name != "abs":
    # Their arguments are sequences, most often.
    return
  if name in _ALL_ARGUMENTS or name == path:
    for i, operand in enumerate(arguments):
      # A condition may change inside, as in x > 0, but not as a whole.
      if not (
        name == "where" and i == 0 and not isinstance(operand, ast.Compare)
      ):
        yield operand, guarded
  elif arguments and not isinstance(arguments[0], ast.Constant):
    yield arguments[0], guarded
