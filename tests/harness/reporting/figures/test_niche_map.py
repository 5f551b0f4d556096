"""Colours of a map of an archive."""

import math

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgba

from harness.reporting.figures import niche_map, style
from harness.reporting.figures.niche_map import Axis, MapCell


def test_outliers_share_the_darkest_colour() -> None:
  usual = [MapCell(0, i, 0.5 + i / 100, np.arange(3.0)) for i in range(8)]
  broken = MapCell(1, 0, 0.0, np.array([math.nan, math.inf, 1.0]))
  side = Axis("side", [str(i) for i in range(8)])
  figure = niche_map.draw([*usual, broken], side, side, "value")
  bar = figure.axes[1]
  assert bar.get_ylim() == pytest.approx((0.5, 0.57))
  darkest = figure.axes[0].patches[-1].get_facecolor()
  assert darkest == to_rgba(colormaps[style.ORDERED](0.0))
