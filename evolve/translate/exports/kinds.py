"""What kind of value an expression yields, as far as exports have to know.

NumPy and PyTorch, unlike JAX, care whether a value is a Python number, an
array of the input's dtype, or something else.
"""

import dataclasses
import enum
import functools
from collections.abc import Iterable

from evolve.translate.exports import functions


class Kind(enum.Enum):
  """All that matters of a value that is no sequence."""

  NUMBER = "a Python number, or None"
  ARRAY = "an array of the dtype of the input"
  MASK = "an array of truth values"
  OTHER = "anything else, or unknown"


@dataclasses.dataclass(frozen=True)
class Many:
  """A Python sequence, whose elements are all of this kind."""

  element: "Kinds"


# None is the kind of what never happens, as far as is known.
Kinds = Kind | Many | None


def join(a: Kinds, b: Kinds) -> Kinds:
  """The kind of what is of one kind or the other."""
  if a is None or b is None or a == b:
    return b if a is None else a
  if isinstance(a, Many) and isinstance(b, Many):
    return Many(join(a.element, b.element))
  return Kind.OTHER


def combine(a: Kinds, b: Kinds) -> Kinds:
  """The kind of what arithmetic makes of the two."""
  if a is None or b is None:
    return None
  if a == b == Kind.NUMBER or (isinstance(a, Many) and isinstance(b, Many)):
    return join(a, b)
  of_arrays = {a, b} <= {Kind.NUMBER, Kind.ARRAY, Kind.MASK}
  return Kind.ARRAY if of_arrays and Kind.ARRAY in (a, b) else Kind.OTHER


def logical(found: Iterable[Kinds]) -> Kinds:
  """The kind of what comparing all of them yields."""
  found = set(found)
  if found == {Kind.NUMBER}:
    return Kind.NUMBER
  return Kind.MASK if found & {Kind.ARRAY, Kind.MASK} else Kind.OTHER


def element(kind: Kinds) -> Kinds:
  """The kind of what a loop over such a value runs through."""
  return kind.element if isinstance(kind, Many) else kind


def many(element: Kinds) -> Kinds:
  nested = isinstance(element, Many) and isinstance(element.element, Many)
  return Kind.OTHER if nested else Many(element)


def result(path: str, passed: list[Kinds]) -> Kinds:
  """Of a call of what the language offers."""
  first = passed[0] if passed else Kind.OTHER
  if path in functions.ELEMENTWISE and passed:
    kind = functools.reduce(combine, passed)
    return kind if kind in (None, Kind.NUMBER, Kind.ARRAY) else Kind.OTHER
  if path in functions.PREDICATES:
    arrays = {Kind.ARRAY, Kind.MASK} & set(passed)
    return None if None in passed else Kind.MASK if arrays else Kind.OTHER
  if path in functions.CHOICES and len(passed) == 3:
    kind = combine(passed[1], passed[2])
    return Kind.OTHER if kind is Kind.NUMBER else kind
  if path in functions.KEEPING:
    return first if first in (None, Kind.ARRAY) else Kind.OTHER
  if path.startswith("math."):
    return Kind.NUMBER
  return _built_in(path.removeprefix("builtins."), passed, first)


def _built_in(name: str, passed: list[Kinds], first: Kinds) -> Kinds:
  match name:
    case "bool" | "float" | "int" | "len":
      return Kind.NUMBER
    case "range":
      return Many(Kind.NUMBER)
    case "enumerate":
      return many(many(join(Kind.NUMBER, element(first))))
    case "zip":
      elements = [element(kind) for kind in passed]
      return many(many(functools.reduce(join, elements, None)))
    case "list" | "reversed" | "tuple":
      return Many(element(first))
    case "max" | "min" if len(passed) > 1:
      return functools.reduce(join, passed)
    case "max" | "min":
      return element(first)
    case "sum":
      return functools.reduce(combine, passed[1:], element(first))
  return Kind.OTHER
