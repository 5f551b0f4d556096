"""The error of the language, and the messages of its kinds."""

import ast
from collections.abc import Iterable
from typing import NoReturn

from evolve.language import rules
from evolve.language.hints import instead_of


class LanguageError(ValueError):
  """A rule that a program breaks, with all that its author needs to mend it.

  Attributes:
    line: the line of the violation, counted from 1.
    construct: the construct found there.
    rule: the constructs allowed instead.
  """

  def __init__(self, line: int, construct: str, rule: str):
    super().__init__(f"line {line}: {construct} is not allowed; {rule}")
    self.line = line
    self.construct = construct
    self.rule = rule


def reject(node: ast.AST, construct: str, rule: str) -> NoReturn:
  raise LanguageError(getattr(node, "lineno", 1), construct, rule)


def reject_kind(node: ast.AST, line: int) -> NoReturn:
  """Rejects a node of a kind that is not in the language."""
  kind = type(node)
  construct, rule = rules.REJECTED.get(
    kind, (f"`{kind.__name__}`", "write assignments, loops and calls")
  )
  raise LanguageError(line, construct, rule)


def reject_name(
  node: ast.AST, construct: str, path: str, known: Iterable[str]
) -> NoReturn:
  """Rejects an unknown name, with what to write instead."""
  reject(node, construct, instead_of(path, known))


def reject_module(node: ast.AST, path: str) -> NoReturn:
  reject(node, f"the module {path} as a value", "name one of its functions")


def reject_dunder(node: ast.AST, name: str) -> None:
  if name.startswith("__"):
    reject(node, f"`{name}`", "no name starts with two underscores")


def reject_size(node: ast.AST, size: int, unit: str, limit: int) -> None:
  """Rejects a program of more than `limit` units."""
  if size > limit:
    reject(node, f"a program of {size} {unit}", f"the limit is {limit}")
