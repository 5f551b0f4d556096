"""The signatures of a program's functions: its entry, and default values."""

import ast

from evolve.language import rules
from evolve.language.errors import reject
from evolve.language.scope import Scope
from evolve.language.syntax import arguments, defaults


def entry_of(tree: ast.Module, scope: Scope) -> ast.FunctionDef:
  """The one function that the search calls.

  Raises:
    LanguageError: there is not exactly one, or it takes more than the array.
  """
  bound = [name for name in rules.ENTRY_NAMES if name in scope.maps[0]]
  entries = [
    node
    for node in tree.body
    if isinstance(node, ast.FunctionDef) and node.name in bound
  ]
  if len(bound) != 1 or len(entries) != 1:
    reject(
      entries[-1] if entries else tree,
      "a second entry" if entries else "a program without entry",
      "`def` one function named " + " or ".join(rules.ENTRY_NAMES),
    )
  args = entries[0].args
  required = len(arguments(args)) - len(defaults(args))
  if required != 1 or len(args.posonlyargs + args.args) == len(args.defaults):
    reject(
      entries[0],
      f"an entry function with {required} required arguments",
      "it takes the array; further arguments need default values",
    )
  return entries[0]


def check_signature(node: ast.FunctionDef) -> None:
  """Rejects what is left of decorators and annotations; see `trimming`."""
  for decorator in node.decorator_list:
    reject(
      decorator,
      f"the decorator `@{ast.unparse(decorator)}`",
      "only `@jax.jit` may stand there; call functions inside the body",
    )
  if node.returns:
    reject_annotation(node.returns)


def check_arguments(node: ast.arguments) -> None:
  """Rejects collected arguments, and defaults or annotations that call."""
  for star in (node.vararg, node.kwarg):
    if star:
      reject(star, f"collecting arguments in `{star.arg}`", "name each one")
  for argument in arguments(node):
    if argument.annotation:
      reject_annotation(argument.annotation)
  for value in defaults(node).values():
    _check_default(value)


def _check_default(node: ast.expr) -> None:
  match node:
    case ast.Name() | ast.Attribute() | ast.Constant():
      pass
    case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
      pass
    case ast.Tuple(elts=elements):
      for element in elements:
        _check_default(element)
    case _:
      reject(
        node,
        f"the default value `{ast.unparse(node)}`",
        "write a name, an attribute or a literal",
      )


def reject_annotation(node: ast.expr) -> None:
  reject(
    node, f"the annotation `{ast.unparse(node)}`", "write types, without calls"
  )
