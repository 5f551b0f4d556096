"""II.3.24: the flux of a point source, P / (4 pi r^2).

Held out. Published ranges. The distance stays above its own: at 0 there is a
pole.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_ii_3_24",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={"power": Interval(1, 5), "r": Interval(1, 5, below=False)},
    function=lambda power, r: power / (4 * np.pi * r**2),
  )
)
