"""The common look of all drawings.

Drawn narrow, so that their text can be read on a phone, where pages scale them
down. The colours are Okabe and Ito's ("Color Universal Design", 2008), which
colour-blind readers tell apart; lines also differ in their dashes.
"""

from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH = 5.6  # Inches.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
           "#000000")  # fmt: skip
DASHES = ("-", "--", "-.", ":")
# Ordered values: dark to light, the same for all kinds of colour vision.
ORDERED = "cividis"
# Values on both sides of 0: blue below, white, red above.
DIVERGING = "RdBu_r"

# Any: matplotlib lists every one of its settings in its types.
_SETTINGS: Any = {
  "font.family": "sans-serif",
  "font.size": 10,
  "axes.titlesize": 10,
  "axes.grid": True,
  "axes.spines.right": False,
  "axes.spines.top": False,
  "grid.alpha": 0.3,
  "legend.frameon": False,
  "svg.fonttype": "none",  # Text stays text: small, and found by a search.
  "svg.hashsalt": "actmine",  # The same drawing gives the same file.
}


def axes(height: float = 3.4, width: float = WIDTH) -> tuple[Figure, Axes]:
  """A figure of one drawing; sizes in inches."""
  with matplotlib.rc_context(settings()):
    figure = Figure((width, height), layout="constrained")
    return figure, figure.subplots()


def grid(
  rows: int, columns: int, height: float, width: float = WIDTH, **kwargs: Any
) -> tuple[Figure, Any]:
  """A figure and its array [rows, columns] of drawings; sizes in inches."""
  with matplotlib.rc_context(settings()):
    figure = Figure((width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **kwargs)


def line(number: int) -> dict[str, Any]:
  """Colour and dashes of the line of this number."""
  return {
    "color": COLOURS[number % len(COLOURS)],
    "linestyle": DASHES[number % len(DASHES)],
  }


def settings() -> Any:
  """Settings of matplotlib that a drawing is made and saved with."""
  return dict(_SETTINGS)
