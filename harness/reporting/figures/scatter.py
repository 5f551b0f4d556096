"""A scatter plot with a name beside each point."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from harness.reporting.figures import labels, style


def draw(
  names: Sequence[str],
  x: Sequence[float],
  y: Sequence[float],
  x_label: str,
  y_label: str,
) -> Figure:
  """Draws points with their names beside them."""
  figure, axes = style.axes(height=4.4)
  axes.plot(x, y, "o", color=style.COLOURS[0], markersize=4)
  axes.margins(0.12)
  axes.set_xlabel(x_label)
  axes.set_ylabel(y_label)
  labels.add(
    figure, axes, dict(zip(names, zip(x, y, strict=True), strict=True))
  )
  return figure
