"""I.47.23: the speed of sound, sqrt(gamma p / rho).

Held out. Published ranges. None is left on its lower side: the root's domain
ends at 0.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_RANGE = Interval(1, 5, below=False)

register(
  RegressionTask(
    name="feynman_i_47_23",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={"gamma": _RANGE, "pressure": _RANGE, "rho": _RANGE},
    function=lambda gamma, pressure, rho: np.sqrt(gamma * pressure / rho),
  )
)
