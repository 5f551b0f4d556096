"""A matrix of numbers as colours."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from harness.reporting.figures import style

_CELL = 0.27  # Inches.


def draw(
  rows: Sequence[str],
  columns: Sequence[str],
  values: np.ndarray,
  *,
  limits: tuple[float, float],
  digits: int = 1,
) -> Figure:
  """Draws a matrix, each number written into its cell.

  Args:
    rows: names, from the top.
    columns: names.
    values: [rows, columns]; a cell that is NaN stays empty.
    limits: the values of the darkest and the lightest colour.
    digits: of a number, after the point.
  """
  figure, axes = style.axes(height=1.5 + _CELL * len(rows))
  axes.imshow(
    values, cmap=style.ORDERED, vmin=limits[0], vmax=limits[1], aspect="auto"
  )
  middle = sum(limits) / 2
  for (row, column), value in np.ndenumerate(values):
    if np.isfinite(value):
      axes.text(
        column,
        row,
        f"{value:.{digits}f}",
        ha="center",
        va="center",
        fontsize=8,
        color="white" if value < middle else "black",
      )
  axes.set_yticks(range(len(rows)), rows)
  axes.set_xticks(
    range(len(columns)),
    columns,
    rotation=40,
    ha="right",
    rotation_mode="anchor",
  )
  axes.grid(visible=False)
  return figure
