"""Writes names and calls of what the language offers for another library."""

import ast
from collections.abc import Iterable, Mapping
from typing import NoReturn

from evolve.language import rules
from evolve.translate.errors import TranslationError, short
from evolve.translate.exports import functions
from evolve.translate.exports.edits import Edits
from evolve.translate.exports.kinds import Kind, Kinds
from evolve.translate.exports.target import Target

_OF_ARRAYS = functions.ELEMENTWISE | functions.PREDICATES | functions.CHOICES


class Calls:
  """Notes the changes of a name or a call itself, not those of its operands.

  Each method raises a TranslationError if the library has no counterpart.
  """

  def __init__(
    self, edits: Edits, target: Target, kinds: Mapping[ast.expr, Kinds]
  ):
    self._edits = edits
    self._target = target
    self._kinds = kinds

  def name(self, node: ast.expr, path: str) -> None:
    """Of what stands for a path, such as `jnp.sin`."""
    self._replace(node, self._counterpart(path))

  def attribute(self, node: ast.Attribute) -> None:
    """Of a property, such as `x.ndim`."""
    new = self._target.properties.get(node.attr)
    if new is None:
      self._fail(f"the property `{node.attr}` of an array")
    end = self._edits.end(node)
    self._edits.replace(end - len(node.attr), end, new)

  def function(self, node: ast.Call, path: str) -> None:
    """Of a call of what stands for a path."""
    target, new = self._target, self._counterpart(path)
    values, keywords = node.args, node.keywords
    flag = _flag(node)
    if flag is not None and new in target.variants:
      new = target.variants[new][flag]
      values, keywords = values[:1], []
      start, _ = self._edits.find(",", self._edits.end(values[0]))
      self._edits.replace(start, self._edits.end(node) - 1, "")
    if path in functions.DTYPES and target.array:
      self._edits.wrap(node, "", f".to({new})")
      self._replace(node.func, target.array)
      return
    numbers = not keywords and self._are_numbers(values)
    if numbers and path in functions.ELEMENTWISE and target.number:
      if path in functions.OF_NUMBERS:
        self._replace(node.func, functions.OF_NUMBERS[path])
        return
      self._edits.wrap(node, *target.number)
    new = self._general(new, values[1:], keywords)
    self._replace(node.func, new)
    self._arguments(new, len(values), keywords, short(path))
    if target.array and path in _OF_ARRAYS:
      single = new in target.numbers_allowed
      # Some functions refuse integers.
      before, after = ("float(", "))") if numbers else ("", ")")
      for value in values[:1] if single else values:
        if self._kinds.get(value) not in (Kind.ARRAY, Kind.MASK):
          self._edits.wrap(value, f"{target.array}({before}", after)

  def method(self, node: ast.Call, func: ast.Attribute) -> None:
    """Of a call of a method, such as `x.mean()`."""
    name = f"the method `{func.attr}` of an array"
    new = self._target.methods.get(func.attr)
    if new is None:
      self._fail(name)
    new = self._general(new, node.args, node.keywords)
    end = self._edits.end(func)
    if "." in new or new.startswith("_"):
      self._as_function(node, func, new)
    else:
      self._edits.replace(end - len(func.attr), end, new)
    self._arguments(new, len(node.args) + 1, node.keywords, name)

  def _as_function(
    self, node: ast.Call, func: ast.Attribute, name: str
  ) -> None:
    """Turns `x.f(y)` into `f(x, y)`."""
    self._edits.wrap(node, f"{name}(", "")
    start = self._edits.end(func.value)
    # Brackets around the object are no part of it.
    text = self._edits.text(start, self._edits.end(func))
    start += len(text.rpartition(".")[0].rstrip().encode())
    _, end = self._edits.find(r"\(", self._edits.end(func))
    self._edits.replace(start, end, ", " if node.args or node.keywords else "")

  def _counterpart(self, path: str) -> str:
    new = self._target.functions.get(path)
    if new is None:
      self._fail(short(path))
    return new

  def _are_numbers(self, values: Iterable[ast.expr]) -> bool:
    return all(self._kinds.get(value) is Kind.NUMBER for value in values)

  def _general(
    self, name: str, others: Iterable[ast.expr], keywords: list[ast.keyword]
  ) -> str:
    """The name, or what to call with such arguments after the first."""
    if name not in self._target.general:
      return name
    expected, general = self._target.general[name]
    values = [*others, *(keyword.value for keyword in keywords)]
    as_expected = len(values) == expected and self._are_numbers(values)
    return name if as_expected else general

  def _arguments(
    self, new: str, positional: int, keywords: list[ast.keyword], name: str
  ) -> None:
    """Renames keywords, and rejects what the new function does not take."""
    helper = self._target.helpers.get(new)
    known: Mapping[str, str] | None = None
    if helper:
      known = {argument: argument for argument in helper.arguments}
      if positional > helper.positional:
        self._fail(f"{name} with {positional} arguments")
    elif self._target.keywords and new not in rules.BUILTINS:
      tables = self._target.keywords
      known = {**tables[""], **tables.get(new, {})}
    for keyword in keywords:
      old = str(keyword.arg)
      if known is not None and old not in known:
        self._fail(f"{name} with `{old}`")
      start = self._edits.start(keyword)
      if known is not None and known[old] != old:
        self._edits.replace(start, start + len(old), known[old])
      match keyword:
        case ast.keyword(arg="dtype", value=ast.Constant(value=str(text))) if (
          self._target.dtype
        ):
          self._replace(keyword.value, self._target.dtype.format(text))

  def _replace(self, node: ast.expr, new: str) -> None:
    self._edits.replace(self._edits.start(node), self._edits.end(node), new)

  def _fail(self, construct: str) -> NoReturn:
    raise TranslationError(construct, self._target.title)


def _flag(node: ast.Call) -> bool | None:
  """The constant that is all that a function gets besides an array."""
  match node:
    case (
      ast.Call(args=[_, ast.Constant(value=bool(flag))], keywords=[])
      | ast.Call(
        args=[_], keywords=[ast.keyword(value=ast.Constant(value=bool(flag)))]
      )
    ):
      return flag
  return None
