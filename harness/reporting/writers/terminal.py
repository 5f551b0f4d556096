"""A page on the terminal: its words, tables and programs."""

from harness.core import console
from harness.core.printed_table import Column as PrintedColumn
from harness.core.printed_table import print_table
from harness.reporting.document import (
  Block,
  Code,
  DataTable,
  Figure,
  Formula,
  Page,
  Text,
  printable,
  shown,
)


def write(page: Page) -> None:
  """Prints all but the drawings, which are only named.

  Unprintable characters become �.

  Raises:
    ValueError: a row of a table has too few or too many cells.
  """
  _say(page.title)
  for sentence in page.lead:
    _say_prose(sentence)
  for section in page.sections:
    _say("")
    _say(section.title)
    for block in section.blocks:
      _say("")
      _write_block(block)


def _write_block(block: Block) -> None:
  match block:
    case DataTable():
      _write_table(block)
    case Figure():
      _say_prose(f"[figure {block.name}] {block.caption}")
    case Text():
      _say_prose(block.text)
    case Code():
      _write_code(block)
    case Formula():
      _say(block.plain)


def _write_table(table: DataTable) -> None:
  is_text = [
    any(isinstance(cell, str) for cell in cells)
    for _, cells in table.by_column()
  ]
  print_table(
    printable(table.caption),
    [
      PrintedColumn(printable(column.name), text)
      for column, text in zip(table.columns, is_text, strict=True)
    ],
    [
      [
        printable(shown(cell, column))
        for cell, column in zip(row, table.columns, strict=True)
      ]
      for row in table.rows
    ],
  )


def _write_code(code: Code) -> None:
  _say(code.title)
  for line in code.lines:
    _say("".join(text for text, _ in line))
  if code.removed:
    _say("Removed from the parent:")
  for removed in code.removed:
    _say(removed)


def _say_prose(text: str) -> None:
  console.say_prose(printable(text))


def _say(line: str) -> None:
  console.say(printable(line))
