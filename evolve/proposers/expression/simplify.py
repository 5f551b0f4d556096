"""Simplification of programs: algebra, and removal of unread statements."""

import ast
import math
import operator
from collections import Counter
from collections.abc import Callable

from evolve.language.rules import ENTRY_NAMES
from evolve.language.syntax import Transformer, arguments, walk
from evolve.proposers.expression import canonical, parameters, tree

_FOLDABLE: dict[type[ast.operator], Callable[[float, float], float]] = {
  ast.Add: operator.add,
  ast.Sub: operator.sub,
  ast.Mult: operator.mul,
  ast.Div: operator.truediv,
}
_IDEMPOTENT = {"jnp.abs", "jax.nn.relu", "jnp.sign"}
# Longer results, as that of 1/3, are not folded.
_MAX_DIGITS = 6


def simplify(module: ast.Module) -> ast.Module:
  """Simplifies a canonical program in place until nothing changes."""
  changed = True
  while changed:
    algebra = _Algebra()
    algebra.visit(module)
    folded = canonical.fold_constants_in(module)
    dropped = _drop_unread(module) | _drop_unread_parameters(module)
    changed = algebra.changed or folded or dropped
  return module


def uses_arguments(module: ast.Module) -> bool:
  """True if each function of a simplified program reads its input."""
  return all(
    tree.loads(scope)[argument]
    for scope in tree.scopes(module)
    if isinstance(scope, ast.FunctionDef)
    and (argument := tree.argument_of(scope))
  )


def _drop_unread(module: ast.Module) -> bool:
  """Drops statements that bind unread names; returns True if there was any."""
  read = tree.loads(module)
  dropped = False
  for scope in tree.scopes(module):
    needed = [s for s in scope.body if _is_needed(s, read)]
    dropped |= len(needed) < len(scope.body)
    scope.body = needed
  return dropped


def _drop_unread_parameters(module: ast.Module) -> bool:
  """Drops unread arguments after the first; returns True if there was any.

  Those of a helper go if calls pass them by name.
  """
  calls: dict[str, list[ast.Call]] = {}
  for node in walk(module):
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
      calls.setdefault(node.func.id, []).append(node)
  bound = tree.bindings(module)
  dropped = False
  for function in tree.scopes(module):
    if not isinstance(function, ast.FunctionDef) or bound[function.name] != 1:
      continue
    own = calls.get(function.name, [])
    if all(len(call.args) == 1 for call in own):
      dropped |= _drop_unread_arguments(function, own)
  return dropped


def _drop_unread_arguments(
  function: ast.FunctionDef, calls: list[ast.Call]
) -> bool:
  read = tree.loads(function)
  names = [argument.arg for argument in arguments(function.args)]
  unread = {name for name in names[1:] if not read[name]}
  parameters.remove(function, unread)
  for call in calls:
    call.keywords = [k for k in call.keywords if k.arg not in unread]
  return bool(unread)


def _is_needed(statement: ast.stmt, read: Counter[str]) -> bool:
  """True if a statement returns, or binds a name that others read."""
  if not isinstance(
    statement, ast.Assign | ast.AugAssign | ast.FunctionDef | ast.For | ast.If
  ):
    return True
  if isinstance(statement, ast.FunctionDef):
    bound = {statement.name}
    if statement.name in ENTRY_NAMES:
      return True
  elif isinstance(statement, ast.Assign):
    bound = {name for t in statement.targets for name in tree.bindings(t)}
  else:
    bound = set(tree.bindings(statement))
    if any(isinstance(node, ast.Return) for node in walk(statement)):
      return True
  if not any(read[name] for name in bound):
    return False
  inside = tree.loads(statement)
  return any(read[name] > inside[name] for name in bound)


class _Algebra(Transformer):
  """Rewrites expressions bottom-up by rules that keep their values.

  Attributes:
    changed: True if any rule applied.
  """

  changed = False

  def visit(self, node: ast.AST) -> ast.AST:
    new: ast.AST = super().visit(node)
    self.changed |= new is not node
    return new

  def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
    self.generic_visit(node)
    return _fold(node) or _regroup(node) or _identity(node) or node

  def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
    self.generic_visit(node)
    inner = node.operand
    if isinstance(node.op, ast.USub):
      if isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.USub):
        return inner.operand
      # A constant with a role stays positive: -decay, not decay = -0.5.
      if isinstance(inner, ast.Constant) and not inner.kind:
        value = _number(inner)
        return node if value is None else ast.Constant(-value)
    return node

  def visit_Call(self, node: ast.Call) -> ast.expr:
    self.generic_visit(node)
    name = tree.dotted(node.func)
    match node.args:
      case [ast.Call() as inner] if name in _IDEMPOTENT:
        if tree.dotted(inner.func) == name:
          return inner
      case [first, second] if name in ("jnp.maximum", "jnp.minimum"):
        if _same(first, second):
          return first
      case [_, first, second] if name == "jnp.where" and _same(first, second):
        return first
    return node


def _number(node: ast.expr) -> float | None:
  return ast.literal_eval(node) if tree.is_number(node) else None


def _same(a: ast.expr, b: ast.expr) -> bool:
  return type(a) is type(b) and ast.unparse(a) == ast.unparse(b)


def round_constant(value: float) -> float:
  """Rounds to 4 significant digits."""
  return float(f"{value:.4g}")


def _combine(
  op: type[ast.operator], left: ast.expr, right: ast.expr
) -> ast.Constant | None:
  """The result of an operation on two constants, if it can be folded."""
  a, b = _number(left), _number(right)
  if a is None or b is None or op not in _FOLDABLE:
    return None
  assert isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
  try:
    value = _FOLDABLE[op](a, b)
  except (ZeroDivisionError, OverflowError):
    return None
  role = left.kind or right.kind
  if role:
    value = round_constant(value)
  if not math.isfinite(value) or (not role and len(repr(value)) > _MAX_DIGITS):
    return None
  return ast.Constant(value, kind=role)


def _fold(node: ast.BinOp) -> ast.expr | None:
  return _combine(type(node.op), node.left, node.right)


def _regroup(node: ast.BinOp) -> ast.expr | None:
  """Brings two constants together: a * (b * e), and (e + a) + b."""
  match node:
    case ast.BinOp(
      left=a,
      op=ast.Mult(),
      right=ast.BinOp(left=b, op=ast.Mult(), right=rest),
    ) if constant := _combine(ast.Mult, a, b):
      return ast.BinOp(constant, ast.Mult(), rest)
    case ast.BinOp(
      left=ast.BinOp(left=rest, op=ast.Add(), right=a),
      op=ast.Add(),
      right=b,
    ) if constant := _combine(ast.Add, a, b):
      return ast.BinOp(rest, ast.Add(), constant)
  return None


def _identity(node: ast.BinOp) -> ast.expr | None:
  """Operations with 0 or 1, and of an expression with itself."""
  left, right = _number(node.left), _number(node.right)
  match node.op:
    case ast.Add():
      if left == 0:
        return node.right
      if right == 0:
        return node.left
    case ast.Sub():
      if right == 0:
        return node.left
      if left == 0:
        return ast.UnaryOp(ast.USub(), node.right)
      if _same(node.left, node.right):
        return ast.Constant(0)
    case ast.Mult():
      if left == 0 or right == 0:
        return ast.Constant(0)
      if left == 1:
        return node.right
      if right == 1:
        return node.left
    case ast.Div():
      if right == 1:
        return node.left
    case ast.Pow():
      if right == 1:
        return node.left
  return None
