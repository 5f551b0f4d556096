"""A map of an archive: the best function of each cell, and its value."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from harness.reporting.figures import style

_MARGIN = 0.14  # Of a cell, on each side of its curve.
_ROW = 0.52  # Inches.


class MapCell(NamedTuple):
  """A filled cell.

  Attributes:
    column: counted from the left.
    row: counted from below.
    value: becomes the colour.
    curve: the function at evenly spaced points; may be non-finite.
  """

  column: int
  row: int
  value: float
  curve: np.ndarray


class Axis(NamedTuple):
  """Labels of the columns or of the rows of a map.

  Attributes:
    label: of the whole axis.
    names: one for each column or row.
  """

  label: str
  names: Sequence[str]


def draw(
  cells: Sequence[MapCell], columns: Axis, rows: Axis, label: str
) -> Figure:
  """Draws a map of at least one cell; each curve fills the height of its cell.

  Args:
    cells: the filled ones.
    columns, rows: of the map.
    label: of the colour bar, with its unit. Its end is pointed if there are
      outliers below it, which all have its darkest colour.
  """
  figure, axes = style.axes(height=1.1 + _ROW * len(rows.names))
  values = [cell.value for cell in cells]
  lowest = _lowest_usual(values)
  norm = Normalize(lowest, max(values))
  colours = colormaps[style.ORDERED]
  for cell in cells:
    _draw_cell(axes, cell, colours, float(np.clip(norm(cell.value), 0, 1)))
  axes.set_xlim(0, len(columns.names))
  axes.set_ylim(0, len(rows.names))
  axes.set_xticks(np.arange(len(columns.names)) + 0.5, columns.names)
  axes.set_yticks(np.arange(len(rows.names)) + 0.5, rows.names)
  axes.tick_params(length=0)
  axes.grid(visible=False)
  axes.set_xlabel(columns.label)
  axes.set_ylabel(rows.label)
  figure.colorbar(
    ScalarMappable(norm, colours),
    ax=axes,
    label=label,
    aspect=30,
    extend="min" if min(values) < lowest else "neither",
  )
  return figure


def _lowest_usual(values: Sequence[float]) -> float:
  """The lowest value that is no outlier by the rule of Tukey's box plots."""
  low, high = np.quantile(values, (0.25, 0.75))
  return min(v for v in values if v >= low - 1.5 * (high - low))


def _draw_cell(
  axes: Axes, cell: MapCell, colours: Colormap, level: float
) -> None:
  corner = (cell.column, cell.row)
  axes.add_patch(
    Rectangle(corner, 1, 1, facecolor=colours(level), edgecolor="white")
  )
  room = 1 - 2 * _MARGIN
  x = cell.column + _MARGIN + room * np.linspace(0, 1, len(cell.curve))
  y = cell.row + _MARGIN + room * _fitted(cell.curve)
  axes.plot(x, y, color="white" if level < 0.5 else "black", linewidth=1.1)


def _fitted(curve: np.ndarray) -> np.ndarray:
  """The curve moved and scaled to [0, 1]; NaN where it is not finite."""
  curve = np.where(np.isfinite(curve), curve, np.nan).astype(np.float64)
  if np.isnan(curve).all():
    return curve
  low, high = np.nanmin(curve), np.nanmax(curve)
  return (curve - low) / (high - low) if high > low else curve * 0 + 0.5
