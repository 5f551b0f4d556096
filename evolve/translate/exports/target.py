"""What an export has to know of the library that it writes for."""

import ast
import dataclasses
import pathlib
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Helper:
  """A function that is written out in the modules that use it.

  Attributes:
    text: its definition.
    positional: how many arguments can be passed by position.
    arguments: the names of all.
  """

  text: str
  positional: int
  arguments: tuple[str, ...]


def read_helpers(path: pathlib.Path) -> Mapping[str, Helper]:
  """The functions that a Python file defines, by their names."""
  text = path.read_text()
  return {
    node.name: Helper(
      ast.get_source_segment(text, node) or "",
      len(node.args.args),
      tuple(a.arg for a in node.args.args + node.args.kwonlyargs),
    )
    for node in ast.parse(text).body
    if isinstance(node, ast.FunctionDef)
  }


@dataclasses.dataclass(frozen=True)
class Target:
  """A library, and what the language is called in it.

  Names that begin with an underscore are those of helpers.

  Attributes:
    title: what users call it.
    imports: the line that brings in each name that modules may use.
    functions: the names of functions, types and constants, by dotted path.
    methods: those of methods of arrays. One with a dot or an underscore is a
      function of the array.
    properties: those of properties of arrays.
    keywords: new names of keyword arguments by the new names of functions,
      those under "" for all others; None if all stay as they are.
    helpers: what modules may have to bring along, by name.
    immutable: whether `a += b` leaves what `a` was as it was.
    backward_slices: whether a step in an array's index may be negative.
    number: what stands before and after a call that has a number for numbers.
    array: the function that makes an array of a number, if the others want
      arrays only.
    numbers_allowed: functions that nevertheless take numbers after their
      first argument.
    general: how many numbers these expect after their first argument, and
      what to call if that is not what they get.
    mask_suffix: what follows an array of truth values in a subtraction.
    variants: what to call instead of these, by the flag that is their second
      argument.
    cast: what stands before and after a result that might be of another dtype
      than the input, for whose name there are braces.
    dtype: what a dtype given as text becomes; braces for the text.
  """

  title: str
  imports: Mapping[str, str]
  functions: Mapping[str, str]
  methods: Mapping[str, str]
  properties: Mapping[str, str]
  keywords: Mapping[str, Mapping[str, str]] | None = None
  helpers: Mapping[str, Helper] = dataclasses.field(default_factory=dict)
  immutable: bool = False
  backward_slices: bool = True
  number: tuple[str, str] | None = None
  array: str | None = None
  numbers_allowed: frozenset[str] = frozenset()
  general: Mapping[str, tuple[int, str]] = dataclasses.field(
    default_factory=dict
  )
  variants: Mapping[str, Mapping[bool, str]] = dataclasses.field(
    default_factory=dict
  )
  mask_suffix: str = ""
  cast: tuple[str, str] | None = None
  dtype: str | None = None
