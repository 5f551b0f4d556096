"""I.15.3x: the Lorentz transformation of a place, (x - ut) / sqrt(1 - u^2/c^2).

Held out. Published ranges. The speed of light stays above its own: it must
exceed u.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_i_15_3x",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={
      "x": Interval(5, 10),
      "u": Interval(1, 2),
      "c": Interval(3, 20, below=False),
      "t": Interval(1, 2),
    },
    function=lambda x, u, c, t: (x - u * t) / np.sqrt(1 - (u / c) ** 2),
  )
)
