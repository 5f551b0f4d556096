"""Tables on the terminal, which always fit its width.

Where room is short, headings and text wrap between words; then the columns that
may be left out are, in their order; then the others continue below, each part
beside the leading text columns. Numbers are never cut.
"""

import dataclasses
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from harness.core import console

_GAP = 2  # Blanks between two columns.
_LEAST_TEXT = 8  # Columns of text are never narrower.


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
  """What stays so that the table fits in one part, if that is possible."""
  kept = list(table)
  for one in sorted(table, key=lambda f: f.column.leaves):
    if one.column.leaves and not _fits(kept, width):
      kept.remove(one)
  return kept


def _parts(table: list[_Filled], width: int) -> Iterable[list[_Filled]]:
  """The table in as few parts as fit, each beside the leading text."""
  is_text = [f.column.is_text for f in table]
  if _fits(table, width) or all(is_text):
    yield table
    return
  first_number = is_text.index(False)
  keys, part = table[:first_number], list[_Filled]()
  for one in table[first_number:]:
    if part and not _fits([*keys, *part, one], width):
      yield keys + part
      part = []
    part.append(one)
  yield keys + part


def _fits(part: Sequence[_Filled], width: int) -> bool:
  return sum(f.least + _GAP for f in part) - _GAP <= width


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
  """Least widths, with a fair share of the room that is left."""
  least, most = [f.least for f in part], [f.most for f in part]
  room = width - _GAP * (len(part) - 1) - sum(least)
  while room < 0:  # Words break, the longest first.
    texts = [i for i, f in enumerate(part) if f.column.is_text]
    longest = max(texts, key=lambda i: least[i], default=0)
    if not texts or least[longest] <= _LEAST_TEXT:
      break
    least[longest] -= 1
    room += 1
  wanted = [high - low for low, high in zip(least, most, strict=True)]
  share = min(1.0, room / sum(wanted)) if sum(wanted) else 0.0
  return [
    low + int(max(0.0, share) * want)
    for low, want in zip(least, wanted, strict=True)
  ]


def _widest(texts: Iterable[str]) -> int:
  return max(map(cell_len, texts), default=0)
