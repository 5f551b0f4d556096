"""Tables, read by column."""

from collections.abc import Sequence

from harness.reporting.document import Cell, Column, Table


def by_column(table: Table) -> list[tuple[Column, Sequence[Cell]]]:
  """Each column with its cells.

  Raises:
    ValueError: a row has too few or too many cells.
  """
  cells: list[tuple[Cell, ...]] = (
    list(zip(*table.rows, strict=True))
    if table.rows
    else [()] * len(table.columns)
  )
  return list(zip(table.columns, cells, strict=True))
