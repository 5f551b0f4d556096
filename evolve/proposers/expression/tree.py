"""Programs as syntax trees: their size, and the places that can change."""

import ast
import dataclasses
from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from evolve.language.rules import BUILTINS, ENTRY_NAMES
from evolve.language.syntax import children, walk

# Calls whose arguments are all values of the same kind as their result.
_ALL_ARGUMENTS = {"maximum", "minimum", "where", "add", "multiply", "logaddexp"}
# Functions that overflow or leave their domain if their argument may be
# anything.
_FRAGILE = {
  "exp", "exp2", "expm1", "sinh", "cosh", "log", "log2", "log10", "log1p",
  "sqrt", "rsqrt", "power", "float_power", "divide", "true_divide", "pow",
  "reciprocal", "arcsin", "arccos", "arccosh", "arctanh", "tan", "integer_pow",
  "arange", "zeros", "ones", "full", "linspace",
}  # fmt: skip
# Expressions that give no array of numbers.
_NO_VALUES = (
  *(ast.Compare, ast.BoolOp, ast.Tuple, ast.List, ast.ListComp),
  *(ast.GeneratorExp, ast.Lambda),
)
# What makes any argument safe again: these are never negative.
_NON_NEGATIVE = {"abs", "square", "sigmoid", "softplus"}


Node = TypeVar("Node", bound=ast.AST)


@dataclasses.dataclass(frozen=True)
class Site:
  """An expression that can be replaced by another one.

  Attributes:
    node: the expression.
    argument: name of the input of the function around it.
    guarded: whether it keeps a fragile function in its domain, as the 1 and
      the sum do in sqrt(1 + x^2): only its constants may change, and only
      in size.
  """

  node: ast.expr
  argument: str
  guarded: bool


def main_function(module: ast.Module) -> ast.FunctionDef:
  """The public function of a program that follows the language."""
  for statement in module.body:
    if isinstance(statement, ast.FunctionDef) and (
      statement.name in ENTRY_NAMES
    ):
      return statement
  raise ValueError(f"the program defines none of {ENTRY_NAMES}")


def argument_of(function: ast.FunctionDef) -> str | None:
  """The name of a function's first argument."""
  arguments = function.args.posonlyargs + function.args.args
  return arguments[0].arg if arguments else None


def result_of(function: ast.FunctionDef) -> ast.expr:
  """The expression that the last `return` of a function gives."""
  found = _last_result(function.body)
  if found is None:
    raise ValueError(f"{function.name} returns no value")
  return found


def _last_result(body: list[ast.stmt]) -> ast.expr | None:
  for statement in reversed(body):
    if isinstance(statement, ast.Return) and statement.value:
      return statement.value
    if isinstance(statement, ast.If | ast.For):
      found = _last_result(statement.body + statement.orelse)
      if found is not None:
        return found
  return None


def size(node: ast.AST) -> int:
  """The number of operations, calls, names and constants that are read.

  Names of called functions, docstrings, annotations and assignment targets
  do not count, so neither naming a constant nor formatting costs anything.
  """
  if isinstance(node, ast.FunctionDef):
    return sum(size(statement) for statement in node.body)
  if isinstance(node, ast.Expr | ast.Import | ast.ImportFrom):
    return 0
  if isinstance(node, ast.AnnAssign | ast.Assign):
    value = node.value
    return 0 if value is None or is_literal(value) else size(value)
  if isinstance(node, ast.Attribute):
    return 1 if isinstance(node.value, ast.Name) else size(node.value)
  if isinstance(node, ast.Call):
    # A method's object is an operand; a module is none.
    method_of = 0 if dotted(node.func) else size(node.func)
    operands = [*node.args, *node.keywords]
    return 1 + method_of + sum(size(child) for child in operands)
  own = isinstance(node, ast.expr) and not isinstance(
    getattr(node, "ctx", None), ast.Store
  )
  return own + sum(size(child) for child in children(node))


def assign(name: str, value: ast.expr) -> ast.Assign:
  """A new assignment of one local."""
  # `ast.unparse` asks for a line number, whichever it is.
  return ast.Assign([ast.Name(name, ast.Store())], value, lineno=0)


def copied(node: Node) -> Node:
  """A deep copy, some ten times as fast as `copy.deepcopy`."""
  if not node._fields:  # An operator or a context, which never changes.
    return node
  new = node.__class__.__new__(node.__class__)
  for name, value in vars(node).items():
    if isinstance(value, ast.AST):
      value = copied(value)
    elif isinstance(value, list):
      value = [copied(v) if isinstance(v, ast.AST) else v for v in value]
    setattr(new, name, value)
  return new


def scopes(module: ast.Module) -> Iterator[ast.Module | ast.FunctionDef]:
  """The module and its functions, outer before inner."""
  within: list[ast.Module | ast.FunctionDef] = [module]
  for scope in within:
    yield scope
    within += [s for s in scope.body if isinstance(s, ast.FunctionDef)]


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
  """The statements of a body and all inside of them."""
  for statement in body:
    yield statement
    if isinstance(statement, ast.FunctionDef):
      yield from statements(statement.body)
    elif isinstance(statement, ast.For | ast.If):
      yield from statements(statement.body + statement.orelse)


def loads(node: ast.AST) -> Counter[str]:
  """How often each name is read."""
  return Counter(
    n.id
    for n in walk(node)
    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
  )


def bindings(node: ast.AST) -> Counter[str]:
  """How often each name is assigned, or names an argument or function."""
  names: Counter[str] = Counter()
  for n in walk(node):
    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
      names[n.id] += 1
    elif isinstance(n, ast.arg):
      names[n.arg] += 1
    elif isinstance(n, ast.FunctionDef):
      names[n.name] += 1
    elif isinstance(n, ast.For) and isinstance(n.target, ast.Name):
      # Assigned again in every round.
      names[n.target.id] += 1
  return names


def replace(root: ast.AST, old: ast.expr, new: ast.expr) -> None:
  """Puts `new` where `old`, told by identity, hangs below `root`."""
  for parent in walk(root):
    for field, value in ast.iter_fields(parent):
      if value is old:
        setattr(parent, field, new)
        return
      if isinstance(value, list):
        for i, item in enumerate(value):
          if item is old:
            value[i] = new
            return
  raise ValueError("the expression is not part of the tree")


def sites(module: ast.Module) -> list[Site]:
  """Every changeable expression, outer before inner."""
  return [
    site
    for statement in module.body
    for site in _sites_of_statement(statement, "")
  ]


def _sites_of_statement(node: ast.stmt, argument: str) -> Iterator[Site]:
  match node:
    case ast.FunctionDef(body=body):
      inner = argument_of(node) or argument
      for statement in body:
        yield from _sites_of_statement(statement, inner)
    case ast.For(body=body, orelse=orelse) | ast.If(body=body, orelse=orelse):
      for statement in body + orelse:
        yield from _sites_of_statement(statement, argument)
    case ast.Assign(value=ast.Constant() as value):
      # A named integer may be an axis or a count.
      if not is_integer(value):
        yield Site(value, argument, guarded=True)
    case ast.Assign(value=value) | ast.AugAssign(value=value):
      if argument:
        yield from sites_of(value, argument)
    case ast.Return(value=ast.expr() as value):
      yield from sites_of(value, argument)


def sites_of(
  node: ast.expr, argument: str, guarded: bool = False
) -> Iterator[Site]:
  """The changeable expressions of one expression, itself included.

  Whatever is not known to act element by element is left alone inside:
  subscripts, axes, shifts, keyword arguments, arguments of methods, sequences.
  """
  if not isinstance(node, _NO_VALUES):
    yield Site(node, argument, guarded)
  for child, fragile in _operands(node, guarded):
    yield from sites_of(child, argument, fragile)


def _operands(node: ast.expr, guarded: bool) -> Iterator[tuple[ast.expr, bool]]:
  """The operands that are values, and whether each is guarded."""
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
    # Of sequences, most often.
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


def is_integer(node: ast.expr) -> bool:
  """Whether the expression is an integer literal, with or without a sign."""
  if isinstance(node, ast.UnaryOp):
    node = node.operand
  return isinstance(node, ast.Constant) and type(node.value) is int


def is_literal(node: ast.expr) -> bool:
  """Whether the expression is a literal, with or without a sign."""
  if isinstance(node, ast.UnaryOp):
    node = node.operand
  return isinstance(node, ast.Constant)


def is_number(node: ast.expr) -> bool:
  """Whether the expression is an unsigned number literal."""
  return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def dotted(node: ast.expr) -> str | None:
  """`jnp.fft.fft` as text if it is a name with modules before it."""
  parts: list[str] = []
  while isinstance(node, ast.Attribute):
    parts.append(node.attr)
    node = node.value
  if not isinstance(node, ast.Name):
    return None
  # `x.sum` is a method of an array, not a function of a module.
  if parts and node.id not in ("jax", "jnp", "lax", "math"):
    return None
  return ".".join([node.id, *reversed(parts)])
