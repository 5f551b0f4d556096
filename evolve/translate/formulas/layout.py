"""What formulas look like, whichever language they are written in."""

import dataclasses

SIGMA = "\N{GREEK SMALL LETTER SIGMA}"


@dataclasses.dataclass(frozen=True)
class Number:
  """Digits, with a decimal point where there is one."""

  text: str


@dataclasses.dataclass(frozen=True)
class Symbol:
  """A letter, or the name of a function."""

  text: str


@dataclasses.dataclass(frozen=True)
class Operator:
  """A sign between two parts, or before one; "" between factors."""

  text: str
  between: bool = True


@dataclasses.dataclass(frozen=True)
class Row:
  """Parts side by side, none of them a row."""

  parts: tuple["Layout", ...]


@dataclasses.dataclass(frozen=True)
class Brackets:
  """A part between two delimiters, such as ( and )."""

  inside: "Layout"
  left: str = "("
  right: str = ")"


@dataclasses.dataclass(frozen=True)
class Call:
  """A function of arguments."""

  function: "Layout"
  arguments: tuple["Layout", ...]


@dataclasses.dataclass(frozen=True)
class Fraction:
  numerator: "Layout"
  denominator: "Layout"


@dataclasses.dataclass(frozen=True)
class Power:
  """A base that has its brackets, if it needs any, and an exponent."""

  base: "Layout"
  exponent: "Layout"


@dataclasses.dataclass(frozen=True)
class Root:
  """A square root."""

  inside: "Layout"


@dataclasses.dataclass(frozen=True)
class Cases:
  """Values with their conditions; the last one has none, and else holds."""

  rows: tuple[tuple["Layout", "Layout | None"], ...]


Layout = (
  Number
  | Symbol
  | Operator
  | Row
  | Brackets
  | Call
  | Fraction
  | Power
  | Root
  | Cases
)
