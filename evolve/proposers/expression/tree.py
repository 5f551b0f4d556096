"""Programs as syntax trees: their functions, names and size."""

import ast
import itertools
import re
from collections import Counter
from collections.abc import Container, Iterator
from typing import TypeVar

from evolve.language.rules import ENTRY_NAMES
from evolve.language.syntax import children, walk

Node = TypeVar("Node", bound=ast.AST)


def main_function(module: ast.Module) -> ast.FunctionDef:
  """The entry function of a program of the language."""
  return next(
    statement
    for statement in module.body
    if isinstance(statement, ast.FunctionDef) and statement.name in ENTRY_NAMES
  )


def argument_of(function: ast.FunctionDef) -> str:
  """The name of a function's first argument; empty if it has none."""
  arguments = function.args.args
  return arguments[0].arg if arguments else ""


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


def new_name(stem: str, taken: Container[str]) -> str:
  """`stem`, or stem_2, stem_3, ..., whichever is the first not taken."""
  numbered = (f"{stem}_{i}" for i in itertools.count(2))
  names = itertools.chain([stem], numbered)
  return next(name for name in names if name not in taken)


def stem(name: str) -> str:
  """The part of a name before the number that `new_name` gave it."""
  return re.sub(r"_\d+$", "", name)


def size(node: ast.AST) -> int:
  """The number of operations, calls, names and constants that are read.

  Names of called functions, docstrings and assignment targets do not count:
  naming a constant leaves the size as it is.
  """
  if isinstance(node, ast.FunctionDef):
    return sum(size(statement) for statement in node.body)
  if isinstance(node, ast.Expr | ast.Import | ast.ImportFrom):
    return 0
  if isinstance(node, ast.Assign):
    return 0 if is_literal(node.value) else size(node.value)
  if isinstance(node, ast.Attribute):
    return 1 if isinstance(node.value, ast.Name) else size(node.value)
  if isinstance(node, ast.Call):
    # The object of a method is an operand; a module is none.
    method_of = 0 if dotted(node.func) else size(node.func)
    operands = [*node.args, *node.keywords]
    return 1 + method_of + sum(size(child) for child in operands)
  own = isinstance(node, ast.expr) and not isinstance(
    getattr(node, "ctx", None), ast.Store
  )
  return own + sum(size(child) for child in children(node))


def assign(name: str, value: ast.expr) -> ast.Assign:
  """A new assignment of one local."""
  # `ast.unparse` needs some line number.
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
  """The statements of a body and all that are nested in them."""
  for statement in body:
    yield statement
    if isinstance(statement, ast.FunctionDef):
      yield from statements(statement.body)
    elif isinstance(statement, ast.For | ast.If):
      yield from statements(statement.body + statement.orelse)


def loads(node: ast.AST) -> Counter[str]:
  """The number of times that each name is read."""
  return Counter(
    n.id
    for n in walk(node)
    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
  )


def bindings(node: ast.AST) -> Counter[str]:
  """The number of bindings of each name: assignments, arguments, functions."""
  names: Counter[str] = Counter()
  for n in walk(node):
    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
      names[n.id] += 1
    elif isinstance(n, ast.arg):
      names[n.arg] += 1
    elif isinstance(n, ast.FunctionDef):
      names[n.name] += 1
    elif isinstance(n, ast.For) and isinstance(n.target, ast.Name):
      # Assigned again in every turn.
      names[n.target.id] += 1
  return names


def replace(root: ast.AST, old: ast.expr, new: ast.expr) -> None:
  """Puts `new` in the place of `old`, the same object, below `root`."""
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


def is_integer(node: ast.expr) -> bool:
  """True for an integer literal, with or without a sign."""
  if isinstance(node, ast.UnaryOp):
    node = node.operand
  return isinstance(node, ast.Constant) and type(node.value) is int


def is_literal(node: ast.expr) -> bool:
  """True for a literal, with or without a sign."""
  if isinstance(node, ast.UnaryOp):
    node = node.operand
  return isinstance(node, ast.Constant)


def is_number(node: ast.expr) -> bool:
  """True for an unsigned number literal."""
  return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def dotted(node: ast.expr) -> str | None:
  """A name with its modules as text, e.g. `jnp.fft.fft`; None if it is none."""
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
