"""I.50.26: a wave through a nonlinear response, x1 (cos(wt) + a cos^2(wt)).

Published ranges, within which the phase wt runs from 1 to 9 rad.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_RANGE = Interval(1, 3)

register(
  RegressionTask(
    name="feynman_i_50_26",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("lab@1",),
    inputs={"x1": _RANGE, "omega": _RANGE, "t": _RANGE, "alpha": _RANGE},
    function=lambda x1, omega, t, alpha: (
      x1 * (np.cos(omega * t) + alpha * np.cos(omega * t) ** 2)
    ),
  )
)
