"""I.6.2: the normal density of mean 0, exp(-(t/s)^2 / 2) / (sqrt(2 pi) s).

Published ranges. The width s stays above its range: at 0 the density has a
pole.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_i_6_2",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("lab@1",),
    inputs={"theta": Interval(1, 3), "sigma": Interval(1, 3, below=False)},
    function=lambda theta, sigma: (
      np.exp(-((theta / sigma) ** 2) / 2) / (np.sqrt(2 * np.pi) * sigma)
    ),
  )
)
