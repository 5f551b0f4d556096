"""Estimates with their intervals, one below the other."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from harness.core.evidence import Estimate
from harness.reporting.figures import style

_ROW = 0.23  # Inches.


def draw(
  names: Sequence[str],
  estimates: Sequence[Estimate],
  label: str,
  *,
  reference: float | None = None,
) -> Figure:
  """Draws points with 95% intervals.

  Args:
    names: of the rows, from the top.
    estimates: one for each; an interval that is None is not drawn.
    label: of the axis, with its unit.
    reference: the place of a vertical line that stands for no difference.
  """
  figure, axes = style.axes(height=0.9 + _ROW * len(names))
  if reference is not None:
    axes.axvline(reference, color="0.4", linewidth=1)
  for row, estimate in enumerate(estimates):
    axes.plot(estimate.value, row, "o", color=style.COLOURS[0], markersize=4)
    if estimate.low is not None and estimate.high is not None:
      axes.plot(
        (estimate.low, estimate.high),
        (row, row),
        color=style.COLOURS[0],
        linewidth=1.5,
      )
  axes.set_yticks(range(len(names)), names)
  axes.set_ylim(len(names) - 0.5, -0.5)
  axes.set_xlabel(label)
  return figure
