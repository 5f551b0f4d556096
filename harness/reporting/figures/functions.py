"""Functions and their derivatives, one beside another."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from harness.reporting.figures import style

# The part of a function within this range still shows its shape.
_HIGHEST = 12.0
_TICKS = 3.0  # Between two of the x axis.


class Curve(NamedTuple):
  """A function and its derivative.

  Attributes:
    x: float32 [points], increasing.
    values: float32 [points]; may be non-finite.
    slopes: float32 [points], the derivative; may be non-finite.
  """

  x: np.ndarray
  values: np.ndarray
  slopes: np.ndarray


def draw(
  ours: tuple[str, Curve],
  groups: Mapping[str, Mapping[str, Curve]],
) -> Figure:
  """Draws a function over its derivative, beside each group of others.

  Args:
    ours: name and curve of the function that every column has.
    groups: curves by name, by the title of their column.
  """
  figure, grid = style.grid(2, len(groups), 5.2, sharex=True, sharey="row")
  for column, (title, others) in enumerate(groups.items()):
    above, below = grid[:, column]
    for number, (name, curve) in enumerate([*others.items(), ours]):
      is_ours = number == len(others)
      look = (
        {"color": "black", "linewidth": 2.2}
        if is_ours
        else {**style.line(number), "linewidth": 1.4}
      )
      for axes, y in ((above, curve.values), (below, curve.slopes)):
        axes.plot(curve.x, _finite(y), label=name, **look)
    above.set_title(title, fontsize=10)
    below.set_xlabel("x")
    below.xaxis.set_major_locator(MultipleLocator(_TICKS))
    below.legend(
      loc="upper center", bbox_to_anchor=(0.5, -0.25), fontsize=9, frameon=False
    )
  grid[0, 0].set_ylabel("f(x)")
  grid[1, 0].set_ylabel("derivative of f")
  return figure


def draw_values(ours: tuple[str, Curve], others: Mapping[str, Curve]) -> Figure:
  """Draws a function beside others, without derivatives.

  Args:
    ours: name and curve of the function that stands out.
    others: curves by name.
  """
  figure, axes = style.axes(3.2, 4.6)
  for number, (name, curve) in enumerate(others.items()):
    axes.plot(curve.x, _finite(curve.values), label=name, **style.line(number))
  name, curve = ours
  axes.plot(
    curve.x, _finite(curve.values), label=name, color="black", linewidth=2.2
  )
  axes.set_xlabel("x")
  axes.set_ylabel("f(x)")
  axes.xaxis.set_major_locator(MultipleLocator(_TICKS))
  axes.legend()
  return figure


def draw_family(
  ours: tuple[str, Curve],
  members: Sequence[Curve],
  others: Mapping[str, Curve],
  reach: float,
) -> Figure:
  """Draws a function with those it is the mean of, beside others.

  Args:
    ours: name and curve of the mean, thick.
    members: curves of what it is the mean of, thin.
    others: curves by name.
    reach: functions are drawn from -reach to reach.
  """
  figure, axes = style.axes(5.0)
  looks: list[tuple[str, Curve, dict[str, Any]]] = [
    (name, curve, {"linewidth": 1.4, **style.line(number)})
    for number, (name, curve) in enumerate(others.items())
  ]
  looks += [("", c, {"linewidth": 0.8, "color": "0.4"}) for c in members]
  looks.append((*ours, {"linewidth": 2.2, "color": "black"}))
  for name, curve, look in looks:
    shown = np.abs(curve.x) <= reach
    y = _finite(curve.values[shown])
    axes.plot(curve.x[shown], y, label=name or None, **look)
  axes.set_xlabel("x")
  axes.set_ylabel("f(x)")
  axes.legend()
  return figure


def _finite(y: np.ndarray) -> np.ndarray:
  """The values, with gaps where they are out of range or not finite."""
  return np.where(np.abs(y) <= _HIGHEST, y, np.nan)
