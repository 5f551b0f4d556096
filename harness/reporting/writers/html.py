"""A page as one HTML file, which opens anywhere without a network."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import jinja2
from markupsafe import Markup

from harness.core.evidence import Estimate
from harness.core.records import write_text
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Figure,
  Page,
  printable,
  shown,
)
from harness.reporting.writers import drawings

_HERE = Path(__file__).parent


def write(page: Page, path: Path) -> None:
  """Replaces a file by the page.

  Nothing on the page can become markup but the MathML of formulas, which is
  trusted. Unprintable characters become �.

  Raises:
    OSError: the file can't be written, for example for want of its directory.
    ValueError: a row of a table has too few or too many cells.
  """
  write_text(path, render(page))


def render(page: Page) -> str:
  """The text of the file that `write` writes."""
  template = _environment().get_template("page.html.jinja")
  return printable(
    template.render(
      page=page,
      style=Markup((_HERE / "page.css").read_text("utf-8")),
      script=Markup((_HERE / "page.js").read_text("utf-8")),
    )
  )


class _Header(NamedTuple):
  """A column for the template: its name, and "number" or "text"."""

  name: str
  kind: str


class _Shown(NamedTuple):
  """A cell for the template.

  Attributes:
    text: shown in it.
    interval: in brackets; "" if there is none.
    value: the number to sort by; "" if it is none.
    empty: whether it is, though its text then is a dash.
  """

  text: str
  interval: str = ""
  value: str = ""
  empty: bool = False


def _environment() -> jinja2.Environment:
  environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
  )
  environment.filters |= {
    "cells": _cells,
    "drawn": _drawn,
    "headers": _headers,
    "kind": _kind,
  }
  return environment


def _kind(block: Block) -> str:
  """The name of the macro that writes it."""
  return type(block).__name__.lower()


def _drawn(figure: Figure) -> Markup:
  return Markup(drawings.inline_svg(figure))


def _headers(table: DataTable) -> list[_Header]:
  return [
    _Header(column.name, _kind_of(cells)) for column, cells in table.by_column()
  ]


def _kind_of(cells: Sequence[Cell]) -> str:
  """A column with a number anywhere is one of numbers."""
  numbers = any(isinstance(cell, int | float | Estimate) for cell in cells)
  return "number" if numbers else "text"


def _cells(row: Sequence[Cell], table: DataTable) -> list[_Shown]:
  return [
    _cell(cell, column) for cell, column in zip(row, table.columns, strict=True)
  ]


def _cell(cell: Cell, column: Column) -> _Shown:
  if cell is None:
    return _Shown(shown(cell, column), empty=True)
  if isinstance(cell, str):
    return _Shown(cell)
  value = cell.value if isinstance(cell, Estimate) else cell
  text = shown(value, column)
  interval = shown(cell, column).removeprefix(text).strip()
  # JSON writes numbers, infinities and NaN as JavaScript reads them.
  return _Shown(_minus(text), _minus(interval), json.dumps(value))


def _minus(number: str) -> str:
  """With minus signs, as wide as plus signs, where it has hyphens."""
  return number.replace("-", "\N{MINUS SIGN}")
