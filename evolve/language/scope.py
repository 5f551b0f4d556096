"""The names of a candidate and their bindings, scope by scope."""

import ast
import collections
import dataclasses
from collections.abc import Iterable

from evolve.language import rules
from evolve.language.errors import (
  reject,
  reject_dunder,
  reject_kind,
  reject_name,
)
from evolve.language.syntax import arguments, imports


@dataclasses.dataclass
class Variable:
  """A name for a value, with all that is known of the value beforehand.

  Attributes:
    times_bound: the number of statements that bind it; a variable bound more
      than once has no known value.
    integer: the value, if it is a constant integer.
    length: the largest length, if it is a sequence.
  """

  times_bound: int = 1
  integer: int | None = None
  length: int | None = None


@dataclasses.dataclass(eq=False)
class Function:
  """A function, with the steps and the calls of one run of it."""

  name: str
  line: int
  arguments: tuple[str, ...] = ()
  steps: int = 0
  calls: list[tuple["Function", int]] = dataclasses.field(default_factory=list)


# A string is the path of an imported or built-in object.
Binding = Variable | Function | str
# The innermost names come first.
Scope = collections.ChainMap[str, Binding]


def bind(node: ast.AST, name: str, binding: Binding, scope: Scope) -> None:
  """Adds a name to the innermost scope."""
  reject_dunder(node, name)
  reserved = rules.RESERVED.get(name, binding)
  if reserved != binding:
    reject(node, f"binding `{name}`", f"it always means {reserved}")
  known = scope.maps[0].setdefault(name, binding)
  if known is binding:
    return
  if isinstance(known, Variable) and isinstance(binding, Variable):
    known.times_bound += 1
  elif known != binding:
    reject(
      node,
      f"binding `{name}` again",
      "the name of a function or an import has one meaning",
    )


def bind_target(target: ast.expr, scope: Scope) -> None:
  """Binds the target of an assignment or a loop."""
  match target:
    case ast.Name(id=name):
      bind(target, name, Variable(), scope)
    case ast.Tuple(elts=elements) | ast.List(elts=elements):
      for element in elements:
        bind_target(element, scope)
    case ast.Starred():
      reject_kind(target, target.lineno)
    case _:
      reject(
        target,
        f"assigning to `{ast.unparse(target)}`",
        "values never change; assign to a name, or use `jnp.where`",
      )


def bind_body(body: Iterable[ast.AST], scope: Scope) -> None:
  """Binds the names that the statements of one function bind.

  As in Python, a name that a function binds anywhere is local everywhere in it.
  """
  for node in body:
    match node:
      case (
        ast.FunctionDef(name=name, args=args)
        | ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(args=args))
      ):
        names = tuple(argument.arg for argument in arguments(args))
        bind(node, name, Function(name, node.lineno, names), scope)
      case ast.Assign(targets=targets):
        for target in targets:
          bind_target(target, scope)
      case ast.AugAssign(target=target):
        bind_target(target, scope)
      case ast.For(target=target, body=inner, orelse=orelse):
        bind_target(target, scope)
        bind_body(inner + orelse, scope)
      case ast.If(body=inner, orelse=orelse):
        bind_body(inner + orelse, scope)
      case ast.Import() | ast.ImportFrom():
        _bind_import(node, scope)


def _bind_import(node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
  if isinstance(node, ast.ImportFrom):
    modules = ["." * node.level + (node.module or "")]
  else:
    modules = [alias.name for alias in node.names]
  for module in modules:
    if module not in rules.MODULES:
      reject_name(node, f"importing `{module}`", module, rules.MODULES)
  for name, path in imports(node):
    if path not in rules.MODULES:
      check_member(node, *path.rsplit(".", 1))
    bind(node, name, path, scope)


def check_member(node: ast.AST, module: str, name: str) -> None:
  """Rejects a name that a module of the language does not have."""
  members = rules.MODULES[module]
  if name not in members:
    inner = {
      path.rpartition(".")[2]
      for path in rules.MODULES
      if path.rpartition(".")[0] == module
    }
    path = f"{module}.{name}"
    reject_name(node, f"`{path}`", path, members | inner)


def path_of(node: ast.expr, scope: Scope) -> str | None:
  """The path of an imported object, or None for any other expression."""
  match node:
    case ast.Name(id=name):
      binding = scope.get(name)
      return binding if isinstance(binding, str) else None
    case ast.Attribute(value=value, attr=name):
      module = path_of(value, scope)
      return f"{module}.{name}" if module in rules.MODULES else None
  return None
