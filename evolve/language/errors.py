"""The one error of the language, and how each kind of it is put."""

import ast
import difflib
from collections.abc import Iterable
from typing import NoReturn

from evolve.language import rules


class LanguageError(ValueError):
  """A rule that a program breaks, told so that its writer can mend it.

  Attributes:
    line: where, counted from 1.
    construct: what was found there.
    rule: what is allowed instead.
  """

  def __init__(self, line: int, construct: str, rule: str):
    super().__init__(f"line {line}: {construct} is not allowed; {rule}")
    self.line = line
    self.construct = construct
    self.rule = rule


def reject(node: ast.AST, construct: str, rule: str) -> NoReturn:
  raise LanguageError(getattr(node, "lineno", 1), construct, rule)


def reject_kind(node: ast.AST, line: int) -> NoReturn:
  """Rejects a node because nothing of its kind is in the language."""
  kind = type(node)
  construct, rule = rules.REJECTED.get(
    kind, (f"`{kind.__name__}`", "write assignments, loops and calls")
  )
  raise LanguageError(line, construct, rule)


def reject_name(
  node: ast.AST, construct: str, name: str, known: Iterable[str]
) -> NoReturn:
  """Rejects an unknown name and tells the nearest of the known ones."""
  known = sorted(known)
  near = difflib.get_close_matches(name, known, n=5)
  if near:
    reject(node, construct, "the nearest known: " + ", ".join(near))
  reject(node, construct, "known are " + ", ".join(known))


def reject_dunder(node: ast.AST, name: str) -> None:
  if name.startswith("__"):
    reject(node, f"`{name}`", "no name starts with two underscores")


def reject_size(node: ast.AST, size: int, unit: str, limit: int) -> None:
  """Rejects a program of more than `limit` units."""
  if size > limit:
    reject(node, f"a program of {size} {unit}", f"the limit is {limit}")
