"""A program as a module that Python imports by itself."""

import ast

from evolve import language
from evolve.language import rules
from evolve.language.loader import Reassign
from evolve.language.syntax import imports, walk
from evolve.program import Program
from evolve.translate.bindings import bindings

# Names that a candidate finds bound, and a module has to import.
_IMPORTS = {
  "jax": "import jax",
  "jnp": "import jax.numpy as jnp",
  "lax": "from jax import lax",
  "math": "import math",
}
# The modules that `import jax` leaves out.
_SUBMODULES = ("jax.scipy.special", "jax.scipy.stats")


def standalone(source: str) -> str:
  """The text of a module whose function `activation` is a program's.

  It is the same program to the language, too, but where a list is extended in
  place by `+=`: there the module writes `a = a + b`, as the language takes it.
  Nothing that `language.read` drops is in it, nor a comment but the line on
  trained parameters, so that importing it runs nothing that was not checked.

  Args:
    source: a program of the candidate language.

  Raises:
    LanguageError: the program is not of the language.
  """
  tree = language.check(source)
  missing = _missing_imports(tree)
  if any(isinstance(node, ast.List | ast.ListComp) for node in walk(tree)):
    tree = Reassign().visit(tree)
  for node in tree.body:
    if isinstance(node, ast.FunctionDef) and node.name in rules.ENTRY_NAMES:
      node.name = "activation"
  first = int(ast.get_docstring(tree) is not None)
  tree.body[first:first] = ast.parse("\n".join(missing)).body
  text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
  return Program(text).sharing(Program(source).share).source


def _missing_imports(tree: ast.Module) -> list[str]:
  """The imports of jax and jnp, and of whatever else a program needs."""
  bound = {
    name
    for node in tree.body
    if isinstance(node, ast.Import | ast.ImportFrom)
    for name, _ in imports(node)
  }
  read = {node.id for node in walk(tree) if isinstance(node, ast.Name)}
  paths = {path for path in bindings(tree).values() if isinstance(path, str)}
  return [
    line
    for name, line in _IMPORTS.items()
    if name not in bound and name in read | {"jax", "jnp"}
  ] + [
    f"import {module}"
    for module in _SUBMODULES
    if any(path.startswith(module + ".") for path in paths)
  ]
