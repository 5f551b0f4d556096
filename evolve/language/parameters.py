"""The parameters of a program: its entry's arguments after the array."""

import ast
import math

from evolve.language import rules
from evolve.language.errors import reject
from evolve.language.scope import Scope, bind_body
from evolve.language.signature import entry_of
from evolve.language.syntax import defaults
from evolve.language.trimming import read

MAX_PARAMETERS = 16


def numbers(source: str) -> dict[str, float]:
  """The parameters whose default values are finite numbers, by name.

  Raises:
    LanguageError: the program has no entry.
  """
  found = {name: _number(value) for name, value in _defaults(source).items()}
  return {name: value for name, value in found.items() if value is not None}


def trainable(source: str) -> dict[str, float]:
  """All parameters with their default values, if they can be trained.

  Raises:
    LanguageError: the program has no entry, one of the default values is no
      finite number, or there are over MAX_PARAMETERS.
  """
  values = _defaults(source)
  found = {}
  for name, value in values.items():
    number = _number(value)
    if number is None:
      reject(
        value,
        f"the trained parameter `{name}={ast.unparse(value)}`",
        "give it a finite number, or write it into the body",
      )
    found[name] = number
  if len(found) > MAX_PARAMETERS:
    reject(
      values[list(values)[MAX_PARAMETERS]],
      f"training {len(found)} parameters",
      f"at most {MAX_PARAMETERS} can be trained",
    )
  return found


def _defaults(source: str) -> dict[str, ast.expr]:
  tree = read(source)
  scope = Scope({}, dict(rules.PREBOUND))
  bind_body(tree.body, scope)
  return defaults(entry_of(tree, scope).args)


def _number(node: ast.expr) -> float | None:
  """The finite number that a literal stands for."""
  sign = 1.0
  if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
    sign, node = -1.0, node.operand
  match node:
    case ast.Constant(value=bool()):
      return None
    case ast.Constant(value=int() | float() as value) if _is_finite(value):
      return sign * float(value)
  return None


def _is_finite(value: int | float) -> bool:
  try:
    return math.isfinite(float(value))
  except OverflowError:
    return False
