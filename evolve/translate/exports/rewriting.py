"""Writes the statements of a program anew, for another library."""

import ast

from evolve.language import rules
from evolve.language.scope import Function
from evolve.language.syntax import arguments, walk
from evolve.translate.errors import TranslationError
from evolve.translate.exports import functions
from evolve.translate.exports.calls import Calls
from evolve.translate.exports.edits import Edits
from evolve.translate.exports.inference import infer
from evolve.translate.exports.kinds import Kind, Many
from evolve.translate.exports.target import Target
from evolve.translate.meanings import meanings

# These need no brackets on the right of `+` and `-`.
_PRODUCTS = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_COMPOSITE = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp)


def rewrite(source: str, tree: ast.Module, target: Target) -> str:
  """The statements of a program, for another library.

  What need not change stays as it was written, comments included. Imports and
  the docstring of the module are gone; the entry function is `activation`.

  Args:
    source: a program that `language.check` admits, in lines that end in line
      feeds.
    tree: what it parses to.
    target: the library.

  Raises:
    TranslationError: if the library has no counterpart for something.
  """
  rewriter = _Rewriter(source, tree, target)
  rewriter.visit(tree)
  return rewriter.edits.result()


class _Rewriter(ast.NodeVisitor):
  """Notes the changes that each node needs, those of outer nodes first."""

  def __init__(self, source: str, tree: ast.Module, target: Target):
    self.edits = Edits(source)
    self._target = target
    self._meaning = meanings(tree)
    self._kinds = infer(tree, self._meaning)
    self._calls = Calls(self.edits, target, self._kinds)
    used = _bound_names(tree)
    reserved = target.imports.keys() | target.helpers.keys()
    self._renamed = {n: _unused(n, used | reserved) for n in used & reserved}
    # What stands around results that may be of another dtype than the input.
    self._cast: tuple[str, str] | None = None

  def generic_visit(self, node: ast.AST) -> None:
    self._drop_statements(node)
    super().generic_visit(node)

  def _drop_statements(self, node: ast.AST) -> None:
    """Takes out imports, bare annotations and the module's docstring."""
    for field in ("body", "orelse"):
      body = getattr(node, field, None)
      if isinstance(body, list):
        dropped = [s for s in body if _has_no_effect(s, node)]
        for statement in dropped:
          self.edits.drop(statement, alone=len(dropped) == len(body))

  def visit_Import(self, node: ast.Import) -> None:
    """Is dropped, and what it brings in named in full."""

  def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
    """Is dropped, and what it brings in named in full."""

  def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
    outer, self._cast = self._cast, None
    _, name = self.edits.find(r"def\s+", self.edits.start(node))
    if node.name in rules.ENTRY_NAMES:
      self.edits.replace(*self.edits.find(r"\w+", name), "activation")
      self._cast = self._cast_like(arguments(node.args)[0].arg)
    else:
      self._rename(node.name, name)
    self._annotation(node, node.returns, "->")
    self._drop_statements(node)
    for inner in (node.args, *node.body):
      self.visit(inner)
    self._cast = outer

  def _cast_like(self, argument: str) -> tuple[str, str] | None:
    if self._target.cast is None:
      return None
    before, after = self._target.cast
    return before, after.format(self._renamed.get(argument, argument))

  def visit_Return(self, node: ast.Return) -> None:
    if node.value:
      if self._cast and self._kinds.get(node.value) is not Kind.ARRAY:
        self.edits.wrap(node.value, *self._cast)
      self.visit(node.value)

  def visit_arg(self, node: ast.arg) -> None:
    self._rename(node.arg, self.edits.start(node))
    self._annotation(node, node.annotation, ":")

  def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
    if node.value:
      self._annotation(node, node.annotation, ":")
      self.visit(node.target)
      self.visit(node.value)

  def _annotation(
    self,
    around: ast.stmt | ast.arg,
    annotation: ast.expr | None,
    separator: str,
  ) -> None:
    """Translates the name of a type, or takes an annotation out."""
    if annotation is None:
      return
    path = self._meaning.get(annotation)
    start, end = self.edits.start(annotation), self.edits.end(annotation)
    if isinstance(path, str) and path in functions.TYPES:
      new = self._target.functions.get(path)
      if new is not None:
        self.edits.replace(start, end, new)
        return
    before = self.edits.text(self.edits.start(around), start)
    kept, _, bracket = before.rpartition(separator)
    for _ in range(bracket.count("(")):
      _, end = self.edits.find(r"\)", end)
    begin = self.edits.start(around) + len(kept.rstrip().encode())
    self.edits.replace(begin, end, "")

  def visit_AugAssign(self, node: ast.AugAssign) -> None:
    """Turns `a += b` into `a = a + b`, which changes no array in place."""
    kind, target = self._kinds.get(node.target), node.target
    mutable = not (self._target.immutable and kind is Kind.ARRAY)
    if kind is not Kind.NUMBER and mutable and isinstance(target, ast.Name):
      name = self._renamed.get(target.id, target.id)
      start, end = self.edits.find(r"[-+*/%&|^]+=", self.edits.end(target))
      operator = self.edits.text(start, end - 1)
      self.edits.replace(start, end, f"= {name} {operator}")
      if _needs_brackets(node):
        self.edits.wrap(node.value, "(", ")")
    self.visit(target)
    self.visit(node.value)

  def visit_BinOp(self, node: ast.BinOp) -> None:
    if isinstance(node.op, ast.Sub) and self._target.mask_suffix:
      for operand in (node.left, node.right):
        if self._kinds.get(operand) is Kind.MASK:
          self.edits.wrap(operand, "(", ")" + self._target.mask_suffix)
    self.generic_visit(node)

  def visit_Subscript(self, node: ast.Subscript) -> None:
    backward = any(
      isinstance(part, ast.Slice) and isinstance(part.step, ast.UnaryOp)
      for part in walk(node.slice)
    )
    of_array = not isinstance(self._kinds.get(node.value), Many)
    if backward and of_array and not self._target.backward_slices:
      raise TranslationError(f"`{ast.unparse(node)}`", self._target.title)
    self.generic_visit(node)

  def visit_Name(self, node: ast.Name) -> None:
    binding = self._meaning.get(node)
    if isinstance(binding, str):
      self._calls.name(node, binding)
    else:
      self._rename(node.id, self.edits.start(node))

  def visit_Attribute(self, node: ast.Attribute) -> None:
    binding = self._meaning.get(node)
    if isinstance(binding, str):
      self._calls.name(node, binding)
    else:
      self._calls.attribute(node)
      self.visit(node.value)

  def visit_Call(self, node: ast.Call) -> None:
    binding = self._meaning.get(node.func)
    if isinstance(binding, str):
      self._calls.function(node, binding)
    elif isinstance(node.func, ast.Attribute):
      self._calls.method(node, node.func)
      self.visit(node.func.value)
    else:
      self.visit(node.func)
    for keyword in node.keywords:
      if isinstance(binding, Function):
        self._rename(str(keyword.arg), self.edits.start(keyword))
    for value in (*node.args, *(keyword.value for keyword in node.keywords)):
      self.visit(value)

  def _rename(self, name: str, start: int) -> None:
    if name in self._renamed:
      span = self.edits.find(r"\w+", start)
      self.edits.replace(*span, self._renamed[name])


def _bound_names(tree: ast.Module) -> set[str]:
  """The names of functions, arguments and variables."""
  names = set()
  for node in walk(tree):
    match node:
      case ast.Name(id=name, ctx=ast.Store()):
        names.add(name)
      case ast.FunctionDef(name=name) | ast.arg(arg=name):
        names.add(name)
  return names


def _unused(name: str, taken: set[str]) -> str:
  while name in taken:
    name += "_"
  return name


def _has_no_effect(statement: ast.stmt, parent: ast.AST) -> bool:
  if isinstance(statement, ast.Expr):
    return isinstance(parent, ast.Module)
  if isinstance(statement, ast.AnnAssign):
    return statement.value is None
  return isinstance(statement, ast.Import | ast.ImportFrom)


def _needs_brackets(node: ast.AugAssign) -> bool:
  """Whether the value of `a += b` needs them in `a = a + b`."""
  match node.value:
    case ast.BinOp(op=operator) if isinstance(operator, _PRODUCTS):
      return not isinstance(node.op, ast.Add | ast.Sub)
    case value:
      return isinstance(value, _COMPOSITE)
