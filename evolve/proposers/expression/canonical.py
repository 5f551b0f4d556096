"""The canonical form of programs, which the operators change.

It has no docstrings or imports. A constant assigned to a local
that is read once stands in the place of the local, whose name is kept as the
role of the constant (in `ast.Constant.kind`), so that `render` can name it
again.
"""

import ast
from typing import TypeVar

from evolve import language
from evolve.language.syntax import Transformer, walk
from evolve.proposers.expression import parameters, tree

Tree = TypeVar("Tree", bound=ast.AST)

# Names of the locals that `render` splits off to keep lines short, and of the
# helpers that `crossover` takes from a partner. Further ones are numbered.
TERM = "term"
PARTNER = "partner"

# A function that is larger as one expression stays a function.
_MAX_INLINED = 30

_MODULES = {"jax.numpy": "jnp", "jax.lax": "lax"}


def parse(source: str) -> ast.Module:
  """The canonical form of a program.

  Raises:
    LanguageError: it is not of the language.
  """
  module = _drop_imports(language.check(source))
  _Strip().visit(module)
  fold_constants_in(module)
  _inline_terms(module)
  _inline_partners(module)
  return module


def _drop_imports(module: ast.Module) -> ast.Module:
  """Writes imported names in full, which need no import."""
  aliases: dict[str, str] = {}
  for node in walk(module):
    if isinstance(node, ast.Import):
      aliases |= {n.asname: n.name for n in node.names if n.asname}
    elif isinstance(node, ast.ImportFrom):
      for name in node.names:
        aliases[name.asname or name.name] = f"{node.module}.{name.name}"
  return _FullNames(aliases).visit(module)  # type: ignore[no-any-return]


class _FullNames(Transformer):
  def __init__(self, aliases: dict[str, str]):
    self._aliases = aliases

  def visit_Name(self, node: ast.Name) -> ast.expr:
    path = self._aliases.get(node.id)
    if path is None or not isinstance(node.ctx, ast.Load):
      return node
    for long, short in _MODULES.items():
      if path == long or path.startswith(long + "."):
        path = short + path[len(long) :]
    return ast.parse(path, mode="eval").body

  def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
    self.generic_visit(node)
    short = _MODULES.get(tree.dotted(node) or "")
    return ast.Name(short, ast.Load()) if short else node


class _Strip(Transformer):
  """Drops docstrings and imports; folds signs into literals."""

  def visit_Import(self, node: ast.Import) -> None:
    return None

  def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
    return None

  def visit_Expr(self, node: ast.Expr) -> None:
    return None

  def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
    self.generic_visit(node)
    if isinstance(node.op, ast.USub) and tree.is_number(node.operand):
      return ast.Constant(-ast.literal_eval(node.operand))
    return node


def fold_constants_in(module: ast.Module) -> bool:
  """Puts constants, and names of names, in the place of their locals.

  A constant moves if it is read in one place, or is 0 or 1.

  Returns:
    True if there was any.
  """
  assigned = _assigned_literals_and_names(module)
  if not assigned:
    return False
  bound, read = tree.bindings(module), tree.loads(module)
  values: dict[str, ast.expr] = {}
  for name, value in assigned:
    if bound[name] != 1:
      continue
    if tree.is_number(value):
      assert isinstance(value, ast.Constant)
      if value.value in (0, 1):
        values[name] = ast.Constant(value.value)
      elif read[name] == 1:
        values[name] = ast.Constant(value.value, kind=tree.stem(name))
    elif isinstance(value, ast.Name) and bound[value.id] == 1:
      values[name] = value
  if not any(read[name] for name in values):
    return False
  # A name of a name of a constant needs as many rounds as names.
  for name in values:
    values[name] = substitute(values[name], values)
  substitute(module, values)
  return True


def _inline_terms(module: ast.Module) -> None:
  bound, read = tree.bindings(module), tree.loads(module)
  for function in walk(module):
    if not isinstance(function, ast.FunctionDef):
      continue
    body = function.body
    for i in reversed(range(len(body) - 1)):
      match body[i]:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
          tree.stem(name) == TERM
          and bound[name] == read[name] == 1
          # In a loop or a helper it would be computed more than once.
          and isinstance(body[i + 1], ast.Assign | ast.Return)
          and tree.loads(body[i + 1])[name]
        ):
          substitute(body[i + 1], {name: value})
          del body[i]


def _inline_partners(module: ast.Module) -> None:
  read = tree.loads(module)
  # Inner helpers come later in the walk, and are inlined first.
  for scope in reversed(list(walk(module))):
    if isinstance(scope, ast.FunctionDef):
      scope.body = [
        statement
        for statement in scope.body
        if not (
          isinstance(statement, ast.FunctionDef)
          and tree.stem(statement.name) == PARTNER
          and read[statement.name] == 1
          and _inline_call(scope, statement)
        )
      ]


def _inline_call(scope: ast.FunctionDef, helper: ast.FunctionDef) -> bool:
  """Replaces the one call of a helper by its expression, if that is short."""
  expression = as_expression(helper)
  if expression is None:
    return False
  for node in walk(scope):
    match node:
      case ast.Call(
        func=ast.Name(id=name), args=[operand], keywords=keywords
      ) if name == helper.name:
        argument = tree.argument_of(helper)
        if not isinstance(operand, ast.Name) and (
          tree.loads(expression)[argument] > 1
        ):
          return False
        given = {str(keyword.arg): keyword.value for keyword in keywords}
        values = parameters.values(helper) | given | {argument: operand}
        inlined = substitute(expression, values)
        tree.replace(scope, node, inlined)
        return True
  return False


def as_expression(function: ast.FunctionDef) -> ast.expr | None:
  """The function as one new expression of its argument; None if it is none.

  It is one if the function is a sequence of single assignments and a return,
  binds no name inside of an expression, and is short.
  """
  bound = tree.bindings(function)
  if any(
    isinstance(node, ast.Lambda | ast.ListComp | ast.GeneratorExp)
    for node in walk(function)
  ):
    return None
  values: dict[str, ast.expr] = {}
  for statement in function.body:
    match statement:
      case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
        bound[name] == 1
      ):
        local = substitute(tree.copied(value), values)
        if isinstance(local, ast.Constant) and local.kind is None:
          local.kind = tree.stem(name)
        if tree.size(local) > _MAX_INLINED:
          return None
        values[name] = local
      case ast.Return(value=ast.expr() as value):
        whole = substitute(tree.copied(value), values)
        return whole if tree.size(whole) <= _MAX_INLINED else None
      case _:
        return None
  return None


def _assigned_literals_and_names(
  module: ast.Module,
) -> list[tuple[str, ast.Constant | ast.Name]]:
  found = []
  for statement in tree.statements(module.body):
    match statement:
      case ast.Assign(
        targets=[ast.Name(id=name)], value=ast.Constant() | ast.Name() as value
      ):
        found.append((name, value))
  return found


class _Substitute(Transformer):
  def __init__(self, values: dict[str, ast.expr]):
    self._values = values

  def visit_Name(self, node: ast.Name) -> ast.expr:
    if isinstance(node.ctx, ast.Load) and node.id in self._values:
      return tree.copied(self._values[node.id])
    return node


def substitute(node: Tree, values: dict[str, ast.expr]) -> Tree:
  """Replaces names that are read by copies of expressions, in place."""
  return _Substitute(values).visit(node)  # type: ignore[no-any-return]
