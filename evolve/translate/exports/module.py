"""Python modules that compute what a program computes."""

import ast
from collections.abc import Mapping

from evolve import language
from evolve.language.syntax import walk
from evolve.program import Program
from evolve.translate.exports.jax_names import JAX
from evolve.translate.exports.library import Library
from evolve.translate.exports.numpy_names import NUMPY
from evolve.translate.exports.rewriting import rewrite
from evolve.translate.exports.torch_names import TORCH

LIBRARIES: Mapping[str, Library] = {"jax": JAX, "numpy": NUMPY, "torch": TORCH}


def export(source: str, title: str, library: Library) -> str:
  """The text of a module whose function `activation` is the program's.

  Statements, names and docstrings are those of the program; imports,
  annotations and comments are not kept. Values and gradients are equal to the
  program's up to rounding; NumPy's version takes from SciPy what NumPy lacks.

  Args:
    source: a program of the candidate language.
    title: of the activation, for the docstring.
    library: one of `LIBRARIES`.

  Raises:
    LanguageError: if the program is not of the language.
    TranslationError: if the library has no counterpart for a part of it.
  """
  tree = language.check(source)
  own_docstring = ast.get_docstring(tree)
  paragraphs = [
    f"{title}: an activation function, in {library.title}.",
    f"Written by actmine from the program {Program(source).id}.",
    *([own_docstring] if own_docstring else []),
  ]
  body = rewrite(tree, library)
  helpers = _helpers(body, library)
  used = {name for node in (*helpers, *body) for name in _names(node)}
  imports = [line for name, line in library.imports.items() if name in used]
  docstring = ast.Expr(ast.Constant("\n\n".join(paragraphs) + "\n"))
  module = ast.Module(
    [docstring, *ast.parse("\n".join(imports)).body, *helpers, *body], []
  )
  return ast.unparse(ast.fix_missing_locations(module)) + "\n"


def _helpers(body: list[ast.stmt], library: Library) -> list[ast.stmt]:
  """The helpers that statements use, and those that they use in turn."""
  found: set[str] = set()
  statements = list(body)
  while statements:
    new = (_names(statements.pop()) & library.helpers.keys()) - found
    found |= new
    statements += [library.helpers[name] for name in new]
  return [node for name, node in library.helpers.items() if name in found]


def _names(node: ast.AST) -> set[str]:
  return {inner.id for inner in walk(node) if isinstance(inner, ast.Name)}
