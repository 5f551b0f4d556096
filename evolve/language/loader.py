"""Loading of programs, in a namespace that holds only what is allowed."""

import __future__

import ast
import builtins
import functools
import importlib
import types
from collections.abc import Mapping
from typing import Any

from evolve.language import rules
from evolve.language.checker import check
from evolve.language.syntax import Transformer
from evolve.language.traced import FILE, misuse
from evolve.language.trimming import read
from harness.core.fitness import Activation


def load(source: str) -> Activation:
  """Checks a program and makes a callable of it.

  Raises:
    LanguageError: the program is not of the language.
  """
  return _activation(check(source))


def compile_unchecked(source: str) -> Activation:
  """Makes a callable of a program that `check` has admitted.

  The whole program runs anew on each call: loading runs nothing of it, no state
  lasts from one call to the next, and its computations outside of functions are
  traced and counted like the rest. The only modules that it finds are stand-ins
  with the allowed names, which alone are no sandbox.

  Raises:
    LanguageError: the text is not Python.
  """
  return _activation(read(source))


def _activation(tree: ast.Module) -> Activation:
  """A callable of a program; changes its tree."""
  code = _compiled(tree)

  def activation(x: Any, **parameters: Any) -> Any:
    namespace = _namespace()
    try:
      exec(code, namespace)
      entry = next(namespace[n] for n in rules.ENTRY_NAMES if n in namespace)
      return entry(x, **parameters)
    except (TypeError, ValueError, IndexError) as error:
      if broken := misuse(error, tree):
        raise broken from error
      raise

  return activation


def _compiled(tree: ast.Module) -> types.CodeType:
  """Compiles a program; it then evaluates no annotation and changes no list."""
  tree = ast.fix_missing_locations(Reassign().visit(tree))
  flags = __future__.annotations.compiler_flag
  code: types.CodeType = compile(tree, FILE, "exec", flags, dont_inherit=True)
  return code


class Reassign(Transformer):
  """Turns `a += b` into `a = a + b`, which extends no list of another name."""

  def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
    if not isinstance(node.target, ast.Name):
      return node
    old = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
    new = ast.copy_location(ast.BinOp(old, node.op, node.value), node)
    return ast.copy_location(ast.Assign([node.target], new), node)


class _Module:
  """A read-only stand-in for a module, with its allowed names."""

  def __init__(self, members: Mapping[str, Any]):
    self.__dict__.update(members)

  def __setattr__(self, name: str, value: Any) -> None:
    raise AttributeError(f"cannot set {name!r}: modules are read-only")


@functools.cache
def _module(path: str) -> _Module:
  real = importlib.import_module(path)
  members = {
    name: _stand_in(getattr(real, name)) for name in rules.MODULES[path]
  }
  for submodule in rules.MODULES:
    parent, _, name = submodule.rpartition(".")
    if parent == path:
      members[name] = _module(submodule)
  return _Module(members)


def _stand_in(member: Any) -> Any:
  """Wraps a function, so that a frame of ours lies between it and the program.

  JAX's compiled code imports modules when it first runs, by the `__import__`
  of the nearest Python frame; that of a program finds nothing.
  """
  if isinstance(member, type) or not callable(member):
    return member

  def call(*args: Any, **kwargs: Any) -> Any:
    return member(*args, **kwargs)

  return call


def _import(
  name: str,
  globals: object = None,
  locals: object = None,
  fromlist: tuple[str, ...] | None = (),
  level: int = 0,
) -> _Module:
  """The `__import__` of programs, with the arguments of Python's own."""
  if level or name not in rules.MODULES:
    raise ImportError(f"candidates cannot import {name!r}")
  return _module(name if fromlist else name.partition(".")[0])


def _namespace() -> dict[str, Any]:
  """The names that a program finds bound, in a dictionary of its own."""
  allowed = {name: getattr(builtins, name) for name in rules.BUILTINS}
  modules = {
    name: _module(path)
    for name, path in rules.PREBOUND.items()
    if path in rules.MODULES
  }
  return modules | {
    "__builtins__": allowed | {"__import__": _import},
    "__name__": "candidate",
  }
