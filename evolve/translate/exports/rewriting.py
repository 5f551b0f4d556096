"""Statements of a program rewritten for a library."""

import ast
from collections.abc import Set

from evolve.language import rules
from evolve.language.hints import short
from evolve.language.syntax import Transformer, walk
from evolve.translate.bindings import bindings
from evolve.translate.exports.inference import infer
from evolve.translate.exports.library import Library
from evolve.translate.synonyms import table

_DTYPES = table(
  """
  jax.numpy ->
    bfloat16 bool_ complex64 float16 float32 float64 int32
  """
)


def rewrite(
  tree: ast.Module, library: Library, reserved: Set[str] = frozenset()
) -> list[ast.stmt]:
  """The statements of a program for a library; changes the tree.

  Args:
    tree: of a program that `language.check` admits.
    library: the library.
    reserved: names that the statements must not bind.

  Raises:
    TranslationError: if the library has no counterpart for a part of it.
  """
  _rename(tree, library.imports.keys() | library.helpers.keys() | reserved)
  body: list[ast.stmt] = _Rewriter(tree, library).visit(tree).body
  return [node for node in body if not isinstance(node, ast.Expr)]


def _rename(tree: ast.Module, reserved: Set[str]) -> None:
  """Appends underscores to names of the program that a library needs."""
  reserved = reserved - rules.RESERVED.keys()
  fields = [
    (node, field)
    for node in walk(tree)
    for field in ("id", "arg", "name", "asname")
    if isinstance(getattr(node, field, None), str)
  ]
  used = {getattr(node, field) for node, field in fields}
  for node, field in fields:
    name = getattr(node, field)
    if name not in reserved:
      continue
    while name in reserved | used:
      name += "_"
    if not isinstance(node, ast.alias):
      setattr(node, field, name)
    elif field == "asname" or not node.asname:
      node.asname = name


class _Rewriter(Transformer):
  """Looks at each node as it was in the program, then at those below it."""

  def __init__(self, tree: ast.Module, library: Library):
    self._library = library
    self._bindings = bindings(tree)
    self._arrays, self._masks = infer(tree, self._bindings)
    entries = (n for n in tree.body if isinstance(n, ast.FunctionDef))
    self._entry = next(n for n in entries if n.name in rules.ENTRY_NAMES)

  def generic_visit(self, node: ast.AST) -> ast.AST:
    super().generic_visit(node)
    if getattr(node, "body", None) == []:
      node.body = [ast.Pass()]  # type: ignore[attr-defined]
    return node

  def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
    """Drops it; names of modules are written in full."""

  visit_ImportFrom = visit_Import

  def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
    self.generic_visit(node)
    if node is self._entry:
      node.name = "activation"
      if self._library.decorator:
        node.decorator_list = [_expression(self._library.decorator)]
    return node

  def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
    """Turns `a += b` into `a = a + b`, which changes no array in place."""
    value = self.visit_BinOp(ast.BinOp(node.target, node.op, node.value))
    target = ast.Name(ast.unparse(node.target), ast.Store())
    return ast.Assign([target], value, lineno=node.lineno)

  def visit_Name(self, node: ast.Name) -> ast.AST:
    binding = self._bindings.get(node)
    if isinstance(binding, str):
      return _expression(self._library.counterpart(binding))
    return node

  def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
    binding = self._bindings.get(node)
    if isinstance(binding, str):
      return _expression(self._library.counterpart(binding))
    new = self._library.properties.get(node.attr)
    if new is None:
      raise self._library.error(f"the property `{node.attr}` of an array")
    value = self._rewritten(node.value)
    if new.startswith("_"):
      return ast.Call(_expression(new), [value], [])
    return ast.Attribute(value, new, ast.Load())

  def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
    backward = any(
      isinstance(part, ast.Slice) and isinstance(part.step, ast.UnaryOp)
      for part in walk(node.slice)
    )
    is_array = node.value in self._arrays
    if backward and is_array and not self._library.backward_slices:
      raise self._library.error(f"`{ast.unparse(node)}`")
    return self.generic_visit(node)

  def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
    masks = {node.left, node.right} & self._masks
    left, right = (
      ast.BinOp(ast.Constant(1), ast.Mult(), self._rewritten(operand))
      if operand in masks
      and isinstance(node.op, ast.Sub)
      and not self._library.subtracts_masks
      else self._rewritten(operand)
      for operand in (node.left, node.right)
    )
    return ast.BinOp(left, node.op, right)

  def visit_Call(self, node: ast.Call) -> ast.AST:
    binding, args = self._bindings.get(node.func), node.args
    match binding, node.func:
      case str(path), _:
        name, new = short(path), self._library.counterpart(path)
        if path in _DTYPES and self._library.cast:
          dtype, new = _expression(new), self._library.cast
          return ast.Call(
            _expression(new), [self._rewritten(args[0]), dtype], []
          )
      case None, ast.Attribute(value=value, attr=method):
        name = f"the method `{method}` of an array"
        new = self._library.methods.get(method, "")
        args = [value, *args]
      case _:
        return self.generic_visit(node)
    if not name or not new:
      raise self._library.error(name)
    if not (
      isinstance(binding, str) and binding.startswith(("builtins.", "math."))
    ):
      self._library.check_arguments(new, name, len(args), node.keywords)
    num_arrays = self._library.arrays_only.get(new, 0)
    values = [
      self._rewritten(value, to_array=i < num_arrays)
      for i, value in enumerate(args)
    ]
    for keyword in node.keywords:
      keyword.value = self._keyword(keyword)
    if binding or "." in new or new.startswith("_"):
      return ast.Call(_expression(new), values, node.keywords)
    function = ast.Attribute(values[0], new, ast.Load())
    return ast.Call(function, values[1:], node.keywords)

  def _keyword(self, keyword: ast.keyword) -> ast.expr:
    match keyword:
      case ast.keyword(arg="dtype", value=ast.Constant(value=str(text))):
        paths = (f"jax.numpy.{text}", f"jax.numpy.{text}_")
        known = [path for path in paths if path in _DTYPES]
        return _expression(self._library.counterpart([*known, text][0]))
    return self._rewritten(keyword.value)

  def _rewritten(self, node: ast.expr, to_array: bool = False) -> ast.expr:
    is_array = node in self._arrays
    new: ast.expr = self.visit(node)
    if to_array and not is_array and self._library.to_array:
      return ast.Call(_expression(self._library.to_array), [new], [])
    return new


def _expression(text: str) -> ast.expr:
  return ast.parse(text, mode="eval").body
