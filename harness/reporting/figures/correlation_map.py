"""A matrix of correlations as colours, with a band that tells groups apart."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from harness.reporting.figures import style


def draw(correlation: np.ndarray, groups: Sequence[str]) -> Figure:
  """Draws a matrix; blue is -1, white 0, red 1.

  Args:
    correlation: [T, T], in the order that is shown.
    groups: of each row, for the colours of the band on the left.
  """
  figure, axes = style.axes(height=5.4)
  image = axes.imshow(correlation, cmap=style.DIVERGING, vmin=-1, vmax=1)
  names = sorted(set(groups))
  colours = dict(zip(names, style.COLOURS * len(names), strict=False))
  width = max(1, len(groups) / 30)
  for row, group in enumerate(groups):
    axes.barh(
      row, width, 1, left=-0.5 - 1.5 * width, color=colours[group], linewidth=0
    )
  axes.set_xlim(-0.5 - 1.5 * width, len(groups) - 0.5)
  axes.set_ylim(len(groups) - 0.5, -0.5)
  axes.set_xticks([])
  axes.set_yticks([])
  axes.grid(visible=False)
  figure.colorbar(image, ax=axes, shrink=0.7, label="Spearman correlation")
  figure.legend(
    handles=[Patch(color=colours[name], label=name) for name in names],
    loc="outside lower center",
    ncols=min(3, len(names)),
  )
  return figure
