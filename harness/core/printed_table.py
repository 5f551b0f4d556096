"""Tables on the terminal, which always fit its width.

Where room is short, headings and long text wrap between words; then the columns
that may be left out are, in their order; then the others go on below, each part
beside the first column and the text next to it. Numbers are never cut.
"""

import dataclasses
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from harness.core import console

_GAP = 2  # Blanks between two columns.
_LEAST_TEXT = 8  # Columns of text are never narrower.
_SHORT_TEXT = 40  # Text up to here wraps only where nothing else helps.


@dataclasses.dataclass(frozen=True)
class Column:
  """A column of a printed table.

  Attributes:
    name: its heading.
    is_text: True for words, which stand left and may wrap; numbers stand right.
    leaves: when it is left out if room is short: 1 first; 0 for never.
  """

  name: str
  is_text: bool = False
  leaves: int = 0


@dataclasses.dataclass(frozen=True)
class _Filled:
  """A column with its cells."""

  column: Column
  cells: Sequence[str]

  @property
  def least(self) -> int:
    """The width below which words or numbers break."""
    texts = [*self.column.name.split()]
    for cell in self.cells:
      texts += cell.split() if self.column.is_text else [cell]
    return _widest(texts)

  @property
  def easy(self) -> int:
    """The width for easy reading."""
    is_short = self.column.is_text and self.most <= _SHORT_TEXT
    return self.most if is_short else self.least

  @property
  def most(self) -> int:
    """The width at which nothing wraps."""
    return _widest([self.column.name, *self.cells])


def print_table(
  title: str,
  columns: Sequence[Column | str],
  rows: Sequence[Sequence[str]],
  *,
  elsewhere: str = "",
) -> None:
  """Prints rows under a title.

  Args:
    title: a sentence or none.
    columns: a heading alone is of text if it is the first, else of numbers.
    rows: with a cell for each column.
    elsewhere: where columns that are left out can be found.

  Raises:
    ValueError: a row has too few or too many cells.
  """
  table = _filled(columns, rows)
  if title:
    console.say_prose(title)
  width = console.width()
  kept = _without_what_leaves(table, width)
  for number, part in enumerate(_parts(kept, width)):
    if number:
      console.say("")
    _print(part, width)
  if len(kept) < len(table):
    names = ", ".join(f.column.name for f in table if f not in kept)
    console.say_prose(f"columns left out: {names}; {elsewhere} has all of them")


def _filled(
  columns: Sequence[Column | str], rows: Sequence[Sequence[str]]
) -> list[_Filled]:
  cells = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
  return [
    _Filled(c if isinstance(c, Column) else Column(c, index == 0), column)
    for index, (c, column) in enumerate(zip(columns, cells, strict=True))
  ]


def _without_what_leaves(table: list[_Filled], width: int) -> list[_Filled]:
  """Columns that stay so that the table fits in one part, if possible."""
  kept = list(table)
  for one in sorted(table, key=lambda f: f.column.leaves):
    if one.column.leaves and not _fits(kept, width):
      kept.remove(one)
  return kept


def _parts(table: list[_Filled], width: int) -> Iterable[list[_Filled]]:
  """The table in parts that fit, each beside the columns that name a row."""
  numbers = (i for i, f in enumerate(table) if i and not f.column.is_text)
  num_keys = next(numbers, len(table))
  if _fits(table, width) or num_keys == len(table):
    yield table
    return
  keys, part = table[:num_keys], list[_Filled]()
  for one in table[num_keys:]:
    if part and not _fits([*keys, *part, one], width):
      yield keys + part
      part = []
    part.append(one)
  yield keys + part


def _fits(part: Sequence[_Filled], width: int) -> bool:
  return sum(f.easy + _GAP for f in part) - _GAP <= width


def _print(part: Sequence[_Filled], width: int) -> None:
  table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
  for one, columns in zip(part, _widths(part, width), strict=True):
    table.add_column(
      Text(one.column.name),
      justify="left" if one.column.is_text else "right",
      vertical="top",
      overflow="fold",
      width=columns,
    )
  for row in zip(*(f.cells for f in part), strict=True):
    table.add_row(*(Text(cell) for cell in row))
  printer = console.make_console()
  printer.width = width
  printer.print(table)


def _widths(part: Sequence[_Filled], width: int) -> list[int]:
  """Least widths, with the room left: first for text, then for headings."""
  widths = [f.easy if _fits(part, width) else f.least for f in part]
  texts = [i for i, f in enumerate(part) if f.column.is_text]
  room = width - _GAP * (len(part) - 1)
  while sum(widths) > room and texts:  # Words break, the longest first.
    longest = max(texts, key=lambda i: widths[i])
    if widths[longest] <= _LEAST_TEXT:
      break
    widths[longest] -= 1
  for growing in (texts, range(len(part))):
    wanted = {i: part[i].most - widths[i] for i in growing}
    share = max(0, room - sum(widths)) / max(1, sum(wanted.values()))
    for i, columns in wanted.items():
      widths[i] += int(min(1.0, share) * columns)
  return widths


def _widest(texts: Iterable[str]) -> int:
  return max(map(cell_len, texts), default=0)
