"""Value of functions against their cost, with the Pareto front."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from harness.reporting.figures import labels, style

# Cost and value.
Point = tuple[float, float]


def draw(
  points: Sequence[Point],
  names: Mapping[str, Point],
  best: Point,
  x_label: str,
  y_label: str,
) -> Figure:
  """Draws points, with those that none dominates joined.

  Points that are worth less than all of those and all named ones would squash
  the rest: triangles at the lower edge stand for them.

  Args:
    points: costs, of which 0 is left of a logarithmic axis, and values.
    names: the points that get a name.
    best: gets a star.
    x_label: of the costs, with the unit.
    y_label: of the values, with the unit.
  """
  figure, axes = style.axes(height=4.8)
  joined = front(points)
  lowest = min(value for _, value in (*joined, *names.values()))
  inside = [p for p in points if p[1] >= lowest]
  below = [(cost, lowest) for cost, value in points if value < lowest]
  grey = {"markersize": 4, "color": "0.65"}
  _dots(axes, inside, "candidate", marker=".", **grey)
  _dots(axes, below, "candidate, further below", marker="v", **grey)
  axes.step(
    *zip(*joined, strict=True),
    where="post",
    marker="o",
    markersize=4.5,
    color=style.COLOURS[1],
    label="not dominated",
  )
  named = {"marker": "s", "markersize": 4.5, "color": style.COLOURS[0]}
  _dots(axes, list(names.values()), "named activation", **named)
  _dots(axes, [best], "best program", marker="*", markersize=12, color="black")
  axes.set_xscale("symlog", linthresh=1, linscale=0.4)
  axes.xaxis.set_major_formatter(FuncFormatter(lambda cost, _: f"{cost:g}"))
  axes.set_xlabel(x_label)
  axes.set_ylabel(y_label)
  axes.margins(y=0.15)
  figure.legend(loc="outside lower center", ncols=2, fontsize=9, frameon=False)
  labels.add(figure, axes, names, [best, *_along(joined)])
  return figure


def front(points: Sequence[Point]) -> list[Point]:
  """The points that none dominates, the cheapest first.

  One dominates another if it costs no more, is worth no less, and is not the
  same.
  """
  best: list[Point] = []
  for cost, value in sorted(set(points), key=lambda p: (p[0], -p[1])):
    if not best or value > best[-1][1]:
      best.append((cost, value))
  return best


def _dots(axes: Axes, points: Sequence[Point], label: str, **look: Any) -> None:
  if points:
    axes.plot(*zip(*points, strict=True), linestyle="", label=label, **look)


def _along(best: Sequence[Point]) -> Iterator[Point]:
  """Points of the line that joins points, close to one another."""
  yield from best
  for (cost, value), (next_cost, next_value) in itertools.pairwise(best):
    # Costs as far apart as the axis shows them: close to linear below 1.
    for x in np.expm1(np.linspace(np.log1p(cost), np.log1p(next_cost), 40)):
      yield float(x), value
    for y in np.linspace(value, next_value, 40):
      yield next_cost, float(y)
