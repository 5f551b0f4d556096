"""The content of a report, for all writers: page, terminal, files."""

import dataclasses
import re
from collections.abc import Iterator, Sequence

from matplotlib.figure import Figure as Drawing

from harness.core.evidence import Estimate

Cell = str | int | float | Estimate | None
# A line of a program in pieces; True marks one that its parent does not have.
Line = Sequence[tuple[str, bool]]

# All but the characters of XML, without the C1 controls. XML's carriage return
# is missing too: on a terminal it lets a line write over itself.
_UNPRINTABLE = re.compile(
  "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


@dataclasses.dataclass(frozen=True)
class Column:
  """A column of a table.

  Attributes:
    name: its heading, with the unit.
    digits: after the point, of numbers that are no integers.
    signed: whether numbers above 0 get a plus sign.
  """

  name: str
  digits: int = 3
  signed: bool = False


@dataclasses.dataclass(frozen=True)
class DataTable:
  """Rows under a caption.

  Attributes:
    name: of its CSV file, unique on the page; lower_snake_case.
    caption: says what it shows.
    columns: one for each cell of a row.
    rows: in the order to show them; None is an empty cell.
  """

  name: str
  caption: str
  columns: Sequence[Column]
  rows: Sequence[Sequence[Cell]]

  def by_column(self) -> list[tuple[Column, Sequence[Cell]]]:
    """Each column with its cells.

    Raises:
      ValueError: a row has too few or too many cells.
    """
    cells: list[tuple[Cell, ...]] = (
      list(zip(*self.rows, strict=True))
      if self.rows
      else [()] * len(self.columns)
    )
    return list(zip(self.columns, cells, strict=True))


@dataclasses.dataclass(frozen=True)
class Figure:
  """A picture over a caption.

  Attributes:
    name: of its PNG and SVG files, unique on the page; lower_snake_case.
    caption: says what it shows.
    drawing: never made by pyplot, which keeps state.
  """

  name: str
  caption: str
  drawing: Drawing


@dataclasses.dataclass(frozen=True)
class Text:
  """A paragraph."""

  text: str


@dataclasses.dataclass(frozen=True)
class Code:
  """A program, and the changes against its parent.

  Attributes:
    title: its name and value.
    lines: of its source.
    removed: lines of the parent's that it no longer has.
  """

  title: str
  lines: Sequence[Line]
  removed: Sequence[str] = ()


@dataclasses.dataclass(frozen=True)
class Formula:
  """An equation.

  Attributes:
    mathml: presentation MathML, a whole <math> element.
    plain: the same as text.
  """

  mathml: str
  plain: str


Block = DataTable | Figure | Text | Code | Formula


@dataclasses.dataclass(frozen=True)
class Section:
  """Blocks under a title.

  Attributes:
    title: its subject, or the question it answers.
    blocks: in their order.
    findings: its answers in plain sentences, which stand at the top of the
      page and nowhere else.
    data: tables too long for the page, for files alone.
  """

  title: str
  blocks: Sequence[Block]
  findings: Sequence[str] = ()
  data: Sequence[DataTable] = ()


@dataclasses.dataclass(frozen=True)
class Page:
  """A whole report.

  Attributes:
    title: of the page.
    lead: the first screen, above the findings of all sections.
    sections: in their order.
  """

  title: str
  lead: Sequence[Block]
  sections: Sequence[Section]

  @property
  def blocks(self) -> Iterator[Block]:
    """All blocks, in their order."""
    yield from self.lead
    for section in self.sections:
      yield from section.blocks


def shown(cell: Cell, column: Column) -> str:
  """A cell as text."""
  if cell is None:
    return "-"
  if isinstance(cell, str):
    return cell
  if isinstance(cell, Estimate):
    value = _number(cell.value, column)
    if cell.low is None or cell.high is None:
      return value
    low, high = _number(cell.low, column), _number(cell.high, column)
    return f"{value} ({low} to {high})"
  return _number(cell, column)


def printable(text: str) -> str:
  """The text with � for characters that no reader sees or no file can hold.

  These are control characters, which steer a terminal and break XML, and the
  surrogates that stand for bytes of file names that are not UTF-8.
  """
  return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _number(value: float, column: Column) -> str:
  sign = "+" if column.signed else ""
  if isinstance(value, int):
    return f"{value:{sign},}"
  least = 10.0**-column.digits
  if 0 < value < least / 2 and not column.signed:
    return f"<{least:.{column.digits}f}"
  return f"{value:{sign}.{column.digits}f}"
