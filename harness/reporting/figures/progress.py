"""The course of a search, against evaluations and against time."""

import itertools
import math
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from harness.reporting.figures import style

_ROW = 1.45  # Inches.


def draw(
  curves: Mapping[str, Sequence[float | None]],
  minutes: Sequence[float],
  num_zero: int,
) -> Figure:
  """Draws curves below one another, each against evaluations and time.

  Args:
    curves: by the label of the axis; one number for each evaluation, None where
      there is none yet.
    minutes: of evaluation time that passed by then.
    num_zero: evaluations of generation zero, whose end gets a dotted line.
  """
  figure, grid = style.grid(
    len(curves), 2, 0.8 + _ROW * len(curves), sharex="col", sharey="row"
  )
  evaluations = range(1, 1 + len(minutes))
  times = {
    "evaluations": evaluations,
    "evaluation time, minutes\n(all workers added up)": minutes,
  }
  for column, (label, x) in enumerate(times.items()):
    for row, values in enumerate(curves.values()):
      axes = grid[row, column]
      heights = [math.nan if value is None else value for value in values]
      axes.step(x, heights, where="post", **style.line(0))
      if 0 < num_zero < len(x):
        axes.axvline(x[num_zero - 1], color="0.3", linestyle=":", linewidth=1)
    grid[-1, column].set_xlabel(label)
  for axes, label in zip(grid[:, 0], curves, strict=True):
    axes.set_ylabel(label)
  figure.align_ylabels(list(itertools.chain(grid[:, 0])))
  return figure
