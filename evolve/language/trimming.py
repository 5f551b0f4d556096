"""The program in a text: the text without what changes no value.

Authors write more than a program: `@jax.jit`, annotations, `__all__`, a block
that runs the file as a script, and the imports that only these need. None of it
is evaluated here. It is dropped where it is seen to call nothing; elsewhere it
stays, and `check` rejects it.
"""

import ast
import re
from typing import TypeVar

from evolve.language import rules
from evolve.language.syntax import Transformer, imports, parse, walk

_Block = TypeVar("_Block", ast.FunctionDef, ast.For, ast.If)

# The nodes of annotations and other dropped expressions.
_INERT = (
  *(ast.Name, ast.Attribute, ast.Constant, ast.Subscript, ast.Slice),
  *(ast.Tuple, ast.List, ast.Starred, ast.BinOp, ast.UnaryOp),
  *(ast.JoinedStr, ast.FormattedValue),
  *(ast.expr_context, ast.BitOr, ast.USub),
)
# The paths of the names of `jax.jit`, unless a program binds them itself.
_JIT = {
  "jax": "jax",
  "jit": "jax.jit",
  "functools": "functools",
  "partial": "functools.partial",
}
# Their full paths, for `import jnp` as small models write it.
_SHORT = {n: p for n, p in rules.RESERVED.items() if p in rules.MODULES}


def read(source: str) -> ast.Module:
  """The syntax tree of the program in a text, which may break other rules.

  Raises:
    LanguageError: the text is too long or nested, or is not Python.
  """
  tree = parse(source)
  trim = _Trim(_jit_paths(tree))
  trim.visit(tree)
  kept = {node.id for node in walk(tree) if isinstance(node, ast.Name)}
  _TrimImports(kept, trim.dropped).visit(tree)
  return ast.fix_missing_locations(tree)


def _jit_paths(tree: ast.Module) -> dict[str, str]:
  paths = dict(_JIT)
  for node in walk(tree):
    match node:
      case ast.Import() | ast.ImportFrom():
        paths |= imports(node)
      case ast.FunctionDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
        paths.pop(name, None)
  return paths


def _is_inert(node: ast.AST) -> bool:
  """True if an expression calls nothing and names nothing private."""
  names = (getattr(n, f, "") for n in walk(node) for f in ("id", "attr"))
  return all(isinstance(n, _INERT) for n in ast.walk(node)) and not any(
    name.startswith("__") for name in names
  )


class _Blocks(Transformer):
  """A transformer that leaves no body of a statement empty."""

  def visit_block(self, node: _Block) -> _Block:
    self.generic_visit(node)
    node.body = node.body or [ast.copy_location(ast.Pass(), node)]
    return node

  visit_For = visit_If = visit_block

  def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
    return self.visit_block(node)


class _Trim(_Blocks):
  """Drops all but imports.

  Attributes:
    dropped: the names in what was dropped.
  """

  def __init__(self, jit_paths: dict[str, str]):
    self.dropped: set[str] = set()
    self._jit_paths = jit_paths

  def visit_Module(self, node: ast.Module) -> ast.Module:
    self._trim_docstring(node)
    node.body = [s for s in node.body if not self._drop_statement(s)]
    self.generic_visit(node)
    return node

  def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
    self._trim_docstring(node)
    node.decorator_list = [
      d for d in node.decorator_list if not (self._is_jit(d) and self._drop(d))
    ]
    if node.returns and _is_inert(node.returns):
      self._drop(node.returns)
      node.returns = None
    return self.visit_block(node)

  def visit_arguments(self, node: ast.arguments) -> ast.arguments:
    """Drops the `/`, before which a parameter could not be given by name."""
    node.posonlyargs, node.args = [], [*node.posonlyargs, *node.args]
    self.generic_visit(node)
    return node

  def visit_arg(self, node: ast.arg) -> ast.arg:
    if node.annotation and _is_inert(node.annotation):
      self._drop(node.annotation)
      node.annotation = None
    return node

  def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
    self.generic_visit(node)
    if not _is_inert(node.annotation):
      return node
    self._drop(node.annotation)
    if node.value is None:
      return None if isinstance(node.target, ast.Name) else node
    return ast.copy_location(ast.Assign([node.target], node.value), node)

  def _trim_docstring(self, node: ast.Module | ast.FunctionDef) -> None:
    """Drops a docstring with placeholders; others are kept."""
    match node.body:
      case [ast.Expr(value=ast.JoinedStr() as text), *rest] if _is_inert(text):
        self._drop(text)
        node.body = rest

  def _drop_statement(self, node: ast.stmt) -> bool:
    """Notes the names of a statement for other readers of the file."""
    match node:
      case ast.If(
        test=ast.Compare(
          left=ast.Name(id="__name__"),
          ops=[ast.Eq()],
          comparators=[ast.Constant(value="__main__")],
        ),
        orelse=[],
      ):
        return self._drop(node)
      case ast.Assign(targets=[ast.Name(id=name)], value=value):
        return name in rules.METADATA and _is_inert(value) and self._drop(value)
    return False

  def _drop(self, node: ast.AST) -> bool:
    """Notes the names in a node, those in its text too; always true."""
    for inner in walk(node):
      match inner:
        case ast.Name(id=name):
          self.dropped.add(name)
        case ast.Constant(value=str(text)):
          self.dropped.update(re.findall(r"\w+", text))
    return True

  def _is_jit(self, node: ast.expr) -> bool:
    """True for `jax.jit`, with or without arguments or `functools.partial`."""
    match node:
      case ast.Call(func=function, args=args, keywords=keywords):
        paths = [self._path(function), *map(self._path, args)]
        return paths in (["jax.jit"], ["functools.partial", "jax.jit"]) and all(
          keyword.arg and _is_inert(keyword.value) for keyword in keywords
        )
    return self._path(node) == "jax.jit"

  def _path(self, node: ast.expr) -> str | None:
    match node:
      case ast.Name(id=name):
        return self._jit_paths.get(name)
      case ast.Attribute(value=value, attr=name):
        return f"{self._path(value)}.{name}"
    return None


class _TrimImports(_Blocks):
  """Drops imports that only dropped parts need, and completes short ones."""

  def __init__(self, kept: set[str], dropped: set[str]):
    self._kept = kept
    self._dropped = dropped

  def visit_Import(self, node: ast.Import) -> ast.Import | None:
    node.names = [
      ast.alias(_SHORT[alias.name], alias.asname or alias.name)
      if alias.name in _SHORT and alias.name != _SHORT[alias.name]
      else alias
      for alias in node.names
    ]
    return node if self._trim(node) else None

  def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
    if not node.level:
      node.module = _SHORT.get(str(node.module), node.module)
    return node if self._trim(node) else None

  def _trim(self, node: ast.Import | ast.ImportFrom) -> bool:
    """Drops the needless names of an import; False if none is left."""
    node.names = [
      alias
      for alias, (name, path) in zip(node.names, imports(node), strict=True)
      if not self._is_needless(name, path)
    ]
    return bool(node.names)

  def _is_needless(self, name: str, path: str) -> bool:
    module, _, member = path.rpartition(".")
    if path in rules.MODULES or member in rules.MODULES.get(module, ()):
      return False
    return name not in self._kept and (
      name in self._dropped or module in rules.TYPING or path in rules.TYPING
    )
