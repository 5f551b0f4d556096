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
    limits: the values of the darkest and the lightest colour; those of equal
      size on both sides of 0 get colours of both sides.
    digits: of a number, after the point.
  """
  figure, axes = style.axes(height=1.5 + _CELL * len(rows))
  low, high = limits
  is_signed = low == -high
  axes.imshow(
    values,
    cmap=style.DIVERGING if is_signed else style.ORDERED,
    vmin=low,
    vmax=high,
    aspect="auto",
  )
  for (row, column), value in np.ndenumerate(values):
    if np.isfinite(value):
      axes.text(
        column,
        row,
        f"{value:.{digits}f}",
        ha="center",
        va="center",
        fontsize=8,
        color="white" if _is_dark(value, low, high) else "black",
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


def _is_dark(value: float, low: float, high: float) -> bool:
  if low == -high:
    return abs(value) > 0.6 * high
  return value < (low + high) / 2
