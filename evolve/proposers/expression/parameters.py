"""Parameters of a program: arguments of its entry with numbers as defaults.

Simplification never takes them for constants, as a search may train them.
"""

import ast
from collections.abc import Container

from evolve.language.parameters import MAX_PARAMETERS
from evolve.language.rules import RESERVED
from evolve.language.syntax import defaults
from evolve.proposers.expression import tree


def values(function: ast.FunctionDef) -> dict[str, ast.expr]:
  """New trees of the default values by name; of numbers with it as the role."""
  return {
    name: ast.Constant(value.value, kind=tree.stem(name))
    if isinstance(value, ast.Constant) and tree.is_number(value)
    else tree.copied(value)
    for name, value in defaults(function.args).items()
  }


def add(module: ast.Module, stem: str, value: float) -> str | None:
  """Adds a parameter to a program, which need not read it.

  Returns:
    Its name: `stem`, numbered if that is taken. None if there are
    MAX_PARAMETERS already; then nothing changes.
  """
  arguments = tree.main_function(module).args
  if len(defaults(arguments)) >= MAX_PARAMETERS:
    return None
  taken = {*tree.bindings(module), *tree.loads(module), *RESERVED}
  name = tree.new_name(stem, taken)
  arguments.args.append(ast.arg(name))
  arguments.defaults.append(ast.Constant(value))
  return name


def remove(function: ast.FunctionDef, names: Container[str]) -> None:
  """Drops parameters, which the body must not read."""
  arguments = function.args
  kept = {k: v for k, v in defaults(arguments).items() if k not in names}
  for some in (arguments.args, arguments.kwonlyargs):
    some[:] = [each for each in some if each.arg not in names]
  arguments.defaults = [kept[a.arg] for a in arguments.args if a.arg in kept]
  arguments.kw_defaults = [kept.get(a.arg) for a in arguments.kwonlyargs]


def adopt(
  module: ast.Module, other: ast.FunctionDef, read: Container[str]
) -> dict[str, ast.expr]:
  """Adds the parameters of another entry to a program, as far as it has room.

  Args:
    module: the program.
    other: the other entry.
    read: the names of those that are needed.

  Returns:
    An expression for each of the other's parameters: the name that it has in
    the program, or its default value.
  """
  found = values(other)
  for name, value in found.items():
    if name in read and tree.is_number(value):
      number = ast.literal_eval(value)
      if new := add(module, tree.stem(name), number):
        found[name] = ast.Name(new, ast.Load())
  return found
