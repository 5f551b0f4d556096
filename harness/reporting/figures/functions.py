"""Functions and their derivatives, one beside another."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from harness.reporting.curves import Curve
from harness.reporting.figures import style

# Of a function that leaves the range, what is within it still shows its shape.
_HIGHEST = 12.0


def draw(
  ours: tuple[str, Curve],
  groups: Mapping[str, Mapping[str, Curve]],
  limit: float,
) -> Figure:
  """Draws a function over its derivative, beside each group of others.

  Args:
    ours: name and curve of the function that every column has.
    groups: curves by name, by the title of their column.
    limit: to draw from -limit to limit.
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
      is_near = np.abs(curve.x) <= limit
      for axes, y in ((above, curve.values), (below, curve.slopes)):
        axes.plot(curve.x[is_near], _finite(y[is_near]), label=name, **look)
    above.set_title(title, fontsize=10)
    below.set_xlabel("x")
    below.xaxis.set_major_locator(MultipleLocator(limit / 2))
    below.legend(
      loc="upper center", bbox_to_anchor=(0.5, -0.25), fontsize=9, frameon=False
    )
  grid[0, 0].set_ylabel("f(x)")
  grid[1, 0].set_ylabel("derivative of f")
  return figure


def _finite(y: np.ndarray) -> np.ndarray:
  """Gaps where a function can't be drawn."""
  return np.where(np.abs(y) <= _HIGHEST, y, np.nan)
