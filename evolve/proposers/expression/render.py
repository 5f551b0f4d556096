"""Rendering of a canonical program as readable Python.

Constants with a role become named assignments at the top of their function;
a statement too long for a line is split into terms.
"""

import ast
import re
import textwrap

from evolve.language.rules import RESERVED
from evolve.language.syntax import Transformer
from evolve.proposers.expression import canonical, sites, tree

_LINE_LENGTH = 80
_INDENT = 2
# These are readable without a name.
_TRIVIAL = (-1, 0, 0.5, 1, 2)


def render(module: ast.Module) -> str:
  """Returns the source of a canonical program, whose tree it changes."""
  names = {*tree.bindings(module), *tree.loads(module), *RESERVED}
  _NameConstants(names).visit(module)
  _Signs().visit(module)
  _split_long_lines(module, names)
  text = ast.unparse(module)
  # `ast` indents by four; literals hold no line breaks in this language.
  text = re.sub(r"^ +", lambda m: m[0][: len(m[0]) // 2], text, flags=re.M)
  # `ast` puts a blank line before every function, the first one too.
  text = re.sub(r"(:\n)\n+", r"\1", text).strip() + "\n"
  return re.sub(r"^( *)def .*", _wrapped, text, flags=re.M)


def _wrapped(signature: re.Match[str]) -> str:
  """The first line of a function, on as many lines as it needs."""
  return textwrap.fill(
    signature[0],
    _LINE_LENGTH,
    subsequent_indent=signature[1] + 2 * _INDENT * " ",
    break_long_words=False,
    break_on_hyphens=False,
  )


def _add_name(stem: str, taken: set[str]) -> str:
  """A new name, from now on taken."""
  name = tree.new_name(stem, taken)
  taken.add(name)
  return name


class _NameConstants(Transformer):
  """Names the constants that have a role, once per function and value."""

  def __init__(self, names: set[str]):
    self._names = names
    self._named: dict[tuple[str, float], str] = {}

  def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
    outer, self._named = self._named, {}
    node.body = [self.visit(statement) for statement in node.body]
    values = [value for _, value in self._named]
    node.body[:0] = [
      tree.assign(name, ast.Constant(value))
      for name, value in zip(self._named.values(), values, strict=True)
    ]
    self._named = outer
    return node

  def visit_Assign(self, node: ast.Assign) -> ast.Assign:
    # A constant alone already has its name.
    if not isinstance(node.value, ast.Constant):
      self.generic_visit(node)
    return node

  def visit_Constant(self, node: ast.Constant) -> ast.expr:
    if node.kind is None or not isinstance(node.value, int | float):
      return node
    if node.value in _TRIVIAL:
      return ast.Constant(node.value)
    key = (node.kind, node.value)
    if key not in self._named:
      self._named[key] = _add_name(node.kind, self._names)
    return ast.Name(self._named[key], ast.Load())


class _Signs(Transformer):
  """Makes negative literals operations: `ast` writes -2 ** x for (-2) ** x."""

  def visit_Constant(self, node: ast.Constant) -> ast.expr:
    if isinstance(node.value, int | float) and node.value < 0:
      return ast.UnaryOp(ast.USub(), ast.Constant(-node.value))
    return node

  def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
    self.generic_visit(node)
    match node:
      case ast.BinOp(
        op=ast.Add(), right=ast.UnaryOp(op=ast.USub(), operand=term)
      ):
        return ast.BinOp(node.left, ast.Sub(), term)
      case ast.BinOp(
        op=ast.Sub(), right=ast.UnaryOp(op=ast.USub(), operand=term)
      ):
        return ast.BinOp(node.left, ast.Add(), term)
    return node


def _split_long_lines(
  scope: ast.Module | ast.FunctionDef, names: set[str], indent: int = 0
) -> None:
  body: list[ast.stmt] = []
  for statement in scope.body:
    if isinstance(statement, ast.FunctionDef):
      _split_long_lines(statement, names, indent + _INDENT)
    elif isinstance(scope, ast.FunctionDef):
      argument = tree.argument_of(scope)
      body += _split(statement, argument, names, _LINE_LENGTH - indent)
    body.append(statement)
  scope.body = body


def _split(
  statement: ast.stmt, argument: str, names: set[str], width: int
) -> list[ast.stmt]:
  """Splits terms off a long statement; returns their assignments."""
  terms: list[ast.stmt] = []
  if not isinstance(statement, ast.Assign | ast.Return):
    return terms
  while len(line := ast.unparse(statement)) > width:
    assert statement.value is not None
    # About half of the line makes the two most readable halves.
    distances = [
      (abs(len(ast.unparse(site.node)) - len(line) / 2), site.node)
      for site in list(sites.of_expression(statement.value, argument))[1:]
    ]
    distance, part = min(distances, key=lambda pair: pair[0], default=(0, None))
    if part is None or distance >= len(line) / 4:
      break
    name = _add_name(canonical.TERM, names)
    term = tree.assign(name, part)
    tree.replace(statement, part, ast.Name(name, ast.Load()))
    terms += [*_split(term, argument, names, width), term]
  return terms
