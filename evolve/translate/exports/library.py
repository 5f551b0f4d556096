"""A library that exports are written for: its names, helpers and limits."""

import ast
import dataclasses
from collections.abc import Iterable, Mapping, Set

from evolve.language.hints import short
from evolve.translate.exports.training import Training
from evolve.translate.synonyms import SYNONYMS


class TranslationError(ValueError):
  """A construct that a library has no counterpart for."""


@dataclasses.dataclass(frozen=True)
class Library:
  """A library and the counterparts of the candidate language in it.

  Names that begin with an underscore are those of helpers: functions that are
  written out in the modules that use them.

  Attributes:
    title: its name for users.
    training: the way to train parameters.
    imports: the import statement that binds each name.
    names: expressions for functions, types and constants, by dotted path or by
      that of a synonym.
    methods: counterparts of array methods; with a dot or an underscore, a
      function whose first argument is the array.
    properties: counterparts of array properties.
    helpers: definitions of the helpers by name.
    keywords: keyword arguments that its own functions take; None for all.
    arrays_only: for functions that refuse Python numbers, the number of
      leading arguments that have to be arrays.
    to_array: the helper that makes an array of a number.
    cast: the helper that changes a dtype, where dtypes are no functions.
    decorator: the helper that decorates the activation.
    backward_slices: whether a slice of an array may have a negative step.
    subtracts_masks: whether boolean arrays can be subtracted.
  """

  title: str
  training: Training
  imports: Mapping[str, str]
  names: Mapping[str, str]
  methods: Mapping[str, str]
  properties: Mapping[str, str]
  helpers: Mapping[str, ast.FunctionDef] = dataclasses.field(
    default_factory=dict
  )
  keywords: Set[str] | None = None
  arrays_only: Mapping[str, int] = dataclasses.field(default_factory=dict)
  to_array: str | None = None
  cast: str | None = None
  decorator: str | None = None
  backward_slices: bool = True
  subtracts_masks: bool = True

  def for_training(self) -> "Library":
    """The same with counterparts that take parameters as arrays."""
    names = {**self.names, **self.training.names}
    return dataclasses.replace(self, names=names)

  def counterpart(self, path: str) -> str:
    """The expression for a function, type or constant of the language.

    Raises:
      TranslationError: if there is none.
    """
    found = self.names.get(path) or self.names.get(SYNONYMS.get(path, path))
    if not found:
      raise self.error(short(path))
    return found

  def check_arguments(
    self, new: str, old: str, count: int, keywords: Iterable[ast.keyword]
  ) -> None:
    """Raises a TranslationError for arguments that a counterpart refuses."""
    known = self.keywords
    if helper := self.helpers.get(new):
      args = helper.args
      known = {arg.arg for arg in args.args + args.kwonlyargs}
      if count > len(args.args):
        raise self.error(f"{old} with {count} arguments")
    for keyword in keywords:
      if known is not None and keyword.arg not in known:
        raise self.error(f"{old} with `{keyword.arg}`")

  def error(self, construct: str) -> TranslationError:
    return TranslationError(
      f"{construct} has no counterpart in this export to {self.title}"
    )


def parse_helpers(text: str) -> Mapping[str, ast.FunctionDef]:
  """The functions that Python text defines, by name."""
  body = ast.parse(text).body
  return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
