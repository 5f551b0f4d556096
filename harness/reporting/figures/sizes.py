"""Scores against sizes, a panel for each task, a line for each activation."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from harness.core.evidence import Estimate
from harness.reporting.figures import style

_COLUMNS, _ROW = 2, 2.1  # Panels; inches.
_NAMED = len(style.COLOURS)  # Lines that have a colour.


class Panel(NamedTuple):
  """A task.

  Attributes:
    title: its name.
    lines: scores in % by activation and size.
  """

  title: str
  lines: Mapping[str, Mapping[int, Estimate]]


def draw(panels: Sequence[Panel], x_label: str, y_label: str) -> Figure:
  """Draws panels with common axes; intervals are bars.

  Of more activations than there are colours, those that are highest at the
  largest size, on average over panels, are named; the others are grey.
  """
  rows = math.ceil(len(panels) / _COLUMNS)
  columns = min(_COLUMNS, len(panels))
  figure, grid = style.grid(
    rows, columns, 0.9 + _ROW * rows, sharex=True, sharey=True
  )
  looks = {name: style.line(i) for i, name in enumerate(_named(panels))}
  for panel, axes in zip(panels, grid.flat, strict=False):
    _draw_panel(axes, panel, looks)
  for axes in grid.flat[len(panels) :]:
    axes.set_visible(False)
  for axes in grid[-1, :]:
    axes.set_xlabel(x_label)
  for axes in grid[:, 0]:
    axes.set_ylabel(y_label)
  handles: dict[str, Any] = {}
  for axes in grid.flat:
    drawn, names = axes.get_legend_handles_labels()
    handles |= dict(zip(names, drawn, strict=True))
  known = [name for name in looks if name in handles]
  figure.legend(
    [handles[name] for name in known], known, loc="outside lower center",
    ncols=3,
  )  # fmt: skip
  return figure


def _draw_panel(
  axes: Axes, panel: Panel, looks: Mapping[str, dict[str, Any]]
) -> None:
  sizes = sorted({size for line in panel.lines.values() for size in line})
  for name, line in panel.lines.items():
    x = sorted(line)
    y = [line[size].value for size in x]
    if name not in looks:
      axes.plot(x, y, color="0.8", linewidth=0.8, zorder=1)
      continue
    errors = [
      [line[s].value - (line[s].interval or (line[s].value,))[0] for s in x],
      [(line[s].interval or (line[s].value,))[-1] - line[s].value for s in x],
    ]
    axes.errorbar(
      x, y, errors, label=name, marker="o", markersize=3, capsize=2,
      **looks[name],
    )  # fmt: skip
  axes.set_xscale("log", base=2)
  axes.xaxis.set_major_locator(FixedLocator(sizes))
  axes.xaxis.set_minor_locator(NullLocator())
  axes.set_xticklabels(list(map(str, sizes)))
  axes.set_title(panel.title)


def _named(panels: Sequence[Panel]) -> list[str]:
  """The activations that get a colour, in the order of the first panel."""
  names = list(dict.fromkeys(name for panel in panels for name in panel.lines))

  def at_the_largest(name: str) -> float:
    found = [
      panel.lines[name][max(panel.lines[name])].value
      for panel in panels
      if panel.lines.get(name)
    ]
    return sum(found) / len(found)

  best = sorted(names, key=at_the_largest, reverse=True)[:_NAMED]
  return [name for name in names if name in best]
