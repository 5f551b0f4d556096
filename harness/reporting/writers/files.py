"""The figures and tables of a page as files: PNG, SVG and CSV."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.core.evidence import Estimate
from harness.core.records import write_text
from harness.reporting.document import (
  Cell,
  DataTable,
  Figure,
  Page,
  printable,
)
from harness.reporting.writers import drawings


def write_figures(page: Page, folder: Path) -> list[Path]:
  """Writes each figure to a PNG and an SVG file of its name.

  Args:
    page: its drawings are always written as the same bytes.
    folder: made if it is not there.

  Returns:
    The files, in the page's order.

  Raises:
    ValueError: a name is no lower_snake_case, or taken; nothing is written.
  """
  figures = [block for block in page.blocks if isinstance(block, Figure)]
  _check_names(figure.name for figure in figures)
  folder.mkdir(parents=True, exist_ok=True)
  return [path for figure in figures for path in _write_figure(figure, folder)]


def write_tables(page: Page, folder: Path) -> list[Path]:
  """Writes each table, those for files alone too, to a CSV file of its name.

  Numbers have all their digits, and an empty cell is empty. A column with an
  interval becomes three: its own, and those of the interval's ends, low and
  high.

  Args:
    page: its tables are always written as the same bytes.
    folder: made if it is not there.

  Returns:
    The files, in the page's order; those of tables for files alone come last.

  Raises:
    ValueError: a name is no lower_snake_case, or taken, and nothing is written;
      or a row has too few or too many cells.
  """
  tables = [block for block in page.blocks if isinstance(block, DataTable)]
  tables += [table for section in page.sections for table in section.data]
  _check_names(table.name for table in tables)
  folder.mkdir(parents=True, exist_ok=True)
  return [_write_table(table, folder) for table in tables]


def _check_names(names: Iterable[str]) -> None:
  seen = set[str]()
  for name in names:
    if not re.fullmatch("[a-z0-9_]+", name):
      raise ValueError(f"{name!r} names a file: make it lower_snake_case")
    if name in seen:
      raise ValueError(f"two blocks are called {name!r}: rename one")
    seen.add(name)


def _write_figure(figure: Figure, folder: Path) -> tuple[Path, Path]:
  png = folder / f"{figure.name}.png"
  drawings.write_png(figure.drawing, png)
  vector = png.with_suffix(".svg")
  write_text(vector, drawings.svg(figure.drawing))
  return png, vector


def _write_table(table: DataTable, folder: Path) -> Path:
  fields = [
    field
    for column, cells in table.by_column()
    for field in _fields(column.name, cells)
  ]
  text = io.StringIO()
  csv.writer(text, lineterminator="\n").writerows(zip(*fields, strict=True))
  path = folder / f"{table.name}.csv"
  write_text(path, printable(text.getvalue()))
  return path


def _fields(name: str, cells: Sequence[Cell]) -> list[list[Cell]]:
  """A column as one list of a file or three, each below its name."""
  values = [c.value if isinstance(c, Estimate) else c for c in cells]
  lows = [c.low if isinstance(c, Estimate) else None for c in cells]
  highs = [c.high if isinstance(c, Estimate) else None for c in cells]
  if not any(end is not None for end in (*lows, *highs)):
    return [[name, *values]]
  return [[name, *values], [f"{name} low", *lows], [f"{name} high", *highs]]
