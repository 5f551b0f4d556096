"""Plane wave in three inputs, cos(x + y - z).

Held out. Phases within the range span 6 rad, about one period.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_RANGE = Interval(-1, 1)

register(
  RegressionTask(
    name="harmonic_plane_wave",
    family="harmonics",
    source="a plane wave",
    suites=("heldout@1",),
    inputs={"x": _RANGE, "y": _RANGE, "z": _RANGE},
    function=lambda x, y, z: np.cos(x + y - z),
  )
)
