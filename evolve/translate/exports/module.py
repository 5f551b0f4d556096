"""Python modules that compute what a program computes."""

import ast
from collections.abc import Mapping

from evolve import language
from evolve.language import parameters
from evolve.language.syntax import defaults, walk
from evolve.program import Program
from evolve.translate.exports.jax_names import JAX
from evolve.translate.exports.library import Library
from evolve.translate.exports.numpy_names import NUMPY
from evolve.translate.exports.rewriting import rewrite
from evolve.translate.exports.torch_names import TORCH
from harness.core.parameters import Share

LIBRARIES: Mapping[str, Library] = {"jax": JAX, "numpy": NUMPY, "torch": TORCH}


def export(source: str, title: str, library: Library) -> str:
  """The text of a module whose function `activation` is the program's.

  Statements, names and docstrings are those of the program; imports,
  annotations and comments are not kept. Values and gradients are equal to the
  program's up to rounding; NumPy's version takes from SciPy what NumPy lacks.
  Where the program's parameters are trained, the module has what trains them,
  too: PARAMETERS in JAX, the module Activation in PyTorch.

  Args:
    source: a program of the candidate language.
    title: of the activation, for the docstring.
    library: one of `LIBRARIES`.

  Raises:
    LanguageError: if the program is not of the language, or its parameters
      can't be trained.
    TranslationError: if the library has no counterpart for a part of it.
  """
  program = Program(source)
  tree = language.check(source)
  own_docstring = ast.get_docstring(tree)
  training = library.training.paragraph(program.share)
  paragraphs = [
    f"{title}: an activation function, in {library.title}.",
    f"Written by actmine from the program {program.id}.",
    *([training] if training else []),
    *([own_docstring] if own_docstring else []),
  ]
  body = _body(program, tree, library)
  helpers = _helpers(body, library)
  used = {name for node in (*helpers, *body) for name in _names(node)}
  imports = [line for name, line in library.imports.items() if name in used]
  docstring = ast.Expr(ast.Constant("\n\n".join(paragraphs) + "\n"))
  module = ast.Module(
    [docstring, *ast.parse("\n".join(imports)).body, *helpers, *body], []
  )
  return ast.unparse(ast.fix_missing_locations(module)) + "\n"


def _body(
  program: Program, tree: ast.Module, library: Library
) -> list[ast.stmt]:
  """The statements of a program, and those that train its parameters."""
  if program.share is Share.FROZEN:
    return rewrite(tree, library)
  values = parameters.trainable(program.source).values()
  body = rewrite(tree, library.for_training(), library.training.reserved)
  activation = next(
    node
    for node in body
    if isinstance(node, ast.FunctionDef) and node.name == "activation"
  )
  # They may have got other names.
  first = dict(zip(defaults(activation.args), values, strict=True))
  return [*body, *ast.parse(library.training.write(first, program.share)).body]


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
