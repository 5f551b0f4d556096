"""I.6.2a: the standard normal density, exp(-t^2 / 2) / sqrt(2 pi).

Held out. Published range.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_i_6_2a",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={"theta": Interval(1, 3)},
    function=lambda theta: np.exp(-(theta**2) / 2) / np.sqrt(2 * np.pi),
  )
)
