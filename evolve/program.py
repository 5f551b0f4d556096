"""Programs: source text, with an id that ignores names and formatting."""

import ast
import collections
import contextlib
import dataclasses
import functools
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from evolve import language
from evolve.language import parameters, rules
from evolve.language.scope import Function, Scope, Variable, bind_body
from evolve.language.syntax import Transformer, arguments, imports
from harness.core.fitness import Activation
from harness.core.parameters import Share

# A line of a program that says how its parameters are trained.
_SHARED = re.compile(r"^# parameters: (layer|channel)\n?", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Program:
  """A candidate.

  Attributes:
    source: its text, of the language or not.
    parents: the ids of the programs that it was made from, the main one first.
  """

  source: str
  parents: tuple[str, ...] = ()

  @classmethod
  def recorded(
    cls, source: str, parents: tuple[str, ...], program_id: str
  ) -> "Program":
    """A program whose id is known, so that it need not be computed."""
    program = cls(source, parents)
    program.__dict__["id"] = program_id
    return program

  @functools.cached_property
  def id(self) -> str:
    """16 hexadecimal digits of the SHA-256 of the normalised source."""
    text = normalise(self.source)
    if self.share is not Share.FROZEN:
      text += f"\n# parameters: {self.share.value}"
    encoded = text.encode(errors="backslashreplace")
    return hashlib.sha256(encoded).hexdigest()[:16]

  @functools.cached_property
  def share(self) -> Share:
    """The sharing of its parameters; FROZEN if they are constants."""
    line = _SHARED.search(self.source)
    return Share(line[1]) if line else Share.FROZEN

  def sharing(self, share: Share) -> "Program":
    """The program with its parameters trained in that way, or frozen.

    One without parameters, or not of the language, is left as it is.
    """
    source = _SHARED.sub("", self.source)
    if share is not Share.FROZEN:
      with contextlib.suppress(language.LanguageError):
        if parameters.numbers(source):
          # At the end, so that the numbers of lines stay.
          source = f"{source.rstrip()}\n# parameters: {share.value}\n"
    return dataclasses.replace(self, source=source)

  def sharing_by_default(self, share: Share) -> "Program":
    """The same, unless it says itself that its parameters are trained."""
    return self.sharing(share) if self.share is Share.FROZEN else self

  def activation(self) -> Activation:
    """Its function; a Trainable if its parameters are trained.

    It can be pickled, for processes that train with it.

    Raises:
      LanguageError: it is not of the language, or its parameters can't be
        trained.
    """
    _loaded(self.source)
    function = functools.partial(_called, self.source)
    if self.share is Share.FROZEN:
      return function
    # Imported here: texts are handled in processes that need no JAX.
    from harness.core.trainable import Trainable

    return Trainable(function, parameters.trainable(self.source), self.share)


_loaded = functools.lru_cache(maxsize=4096)(language.load)


def _called(source: str, x: Any, **parameters: Any) -> Any:
  return _loaded(source)(x, **parameters)


def normalise(source: str) -> str:
  """The normal form of a text, equal for programs that differ in style only.

  Style is formatting, comments, docstrings, what `language.read` drops, imports
  of names that are bound anyway, and the names of functions, arguments and
  variables. A text
  that is not of the language is only stripped: mending, say, a name must give
  a program of its own. Runs nothing.
  """
  normalised = _normalised(source)
  return source.strip() if normalised is None else normalised


def is_of_the_language(source: str) -> bool:
  """True if `language.check` admits a text."""
  return _normalised(source) is not None


# A child is normalised by its mutator, for its id, and as a parent.
@functools.lru_cache(maxsize=4096)
def _normalised(source: str) -> str | None:
  try:
    tree = language.check(source)
  except language.LanguageError:
    return None
  stripped = ast.fix_missing_locations(Strip().visit(tree))
  return ast.unparse(_Rename().visit(stripped))


class Strip(Transformer):
  """Drops docstrings and needless imports."""

  def visit_Expr(self, node: ast.Expr) -> None:
    """Drops a docstring; no other statement is an expression."""

  def visit_Import(self, node: ast.Import) -> ast.Import | None:
    return ast.Import(names) if (names := _needed(node)) else None

  def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:
    names = _needed(node)
    return ast.ImportFrom(node.module, names, 0) if names else None

  def visit_block(
    self, node: ast.FunctionDef | ast.For | ast.If
  ) -> ast.FunctionDef | ast.For | ast.If:
    self.generic_visit(node)
    node.body = node.body or [ast.Pass()]
    return node

  visit_FunctionDef = visit_For = visit_If = visit_block


def _needed(node: ast.Import | ast.ImportFrom) -> list[ast.alias]:
  """The aliases of an import that are not bound for every candidate anyway."""
  return [
    alias
    for alias, (name, path) in zip(node.names, imports(node), strict=True)
    if rules.PREBOUND.get(name) != path
  ]


class _NewName(NamedTuple):
  """The replacement of a name; of a function's, also of its keywords."""

  name: str
  keywords: Mapping[str, str]


class _Rename(Transformer):
  """Renames the names that a program binds by depth and order of binding."""

  def __init__(self) -> None:
    self._names = collections.ChainMap[str, _NewName]()

  @contextlib.contextmanager
  def _inside(
    self, arguments: Iterable[str], body: Iterable[ast.AST]
  ) -> Iterator[None]:
    scope = Scope(dict.fromkeys(arguments, Variable()))
    bind_body(body, scope)
    depth = len(self._names.maps)
    self._names = self._names.new_child()
    for i, (name, binding) in enumerate(scope.items()):
      inner = binding.arguments if isinstance(binding, Function) else ()
      keywords = {k: f"v{depth + 1}_{j}" for j, k in enumerate(inner)}
      self._names[name] = _NewName(f"v{depth}_{i}", keywords)
    yield
    self._names = self._names.parents

  def _renamed(self, name: str) -> str:
    return self._names[name].name if name in self._names else name

  def visit_Module(self, node: ast.Module) -> ast.AST:
    with self._inside((), node.body):
      for name in rules.ENTRY_NAMES:
        if name in self._names:
          self._names[name] = _NewName("activation", {})
      return self.generic_visit(node)

  def visit_Name(self, node: ast.Name) -> ast.Name:
    return ast.Name(self._renamed(node.id), node.ctx)

  def visit_alias(self, node: ast.alias) -> ast.alias:
    return ast.alias(node.name, self._renamed(node.asname or node.name))

  def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
    node.name = self._renamed(node.name)
    with self._inside_function(node.args, node.body):
      node.body = [self.visit(statement) for statement in node.body]
    return node

  def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
    with self._inside_function(node.args, ()):
      node.body = self.visit(node.body)
    return node

  @contextlib.contextmanager
  def _inside_function(
    self, node: ast.arguments, body: Iterable[ast.AST]
  ) -> Iterator[None]:
    # Default values belong to the scope around the function.
    node.defaults = [self.visit(value) for value in node.defaults]
    node.kw_defaults = [
      value and self.visit(value) for value in node.kw_defaults
    ]
    with self._inside([argument.arg for argument in arguments(node)], body):
      for argument in arguments(node):
        argument.arg = self._renamed(argument.arg)
      yield

  def visit_GeneratorExp(
    self, node: ast.GeneratorExp | ast.ListComp
  ) -> ast.GeneratorExp | ast.ListComp:
    with contextlib.ExitStack() as stack:
      for loop in node.generators:
        loop.iter = self.visit(loop.iter)
        target = ast.walk(loop.target)
        names = [name.id for name in target if isinstance(name, ast.Name)]
        stack.enter_context(self._inside(names, ()))
        loop.target = self.visit(loop.target)
        loop.ifs = [self.visit(condition) for condition in loop.ifs]
      node.elt = self.visit(node.elt)
    return node

  visit_ListComp = visit_GeneratorExp

  def visit_Call(self, node: ast.Call) -> ast.AST:
    if isinstance(node.func, ast.Name) and node.func.id in self._names:
      keywords = self._names[node.func.id].keywords
      for keyword in node.keywords:
        name = str(keyword.arg)
        keyword.arg = keywords.get(name, name)
    return self.generic_visit(node)
