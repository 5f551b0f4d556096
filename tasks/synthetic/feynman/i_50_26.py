"""I.50.26: a wave through a nonlinear response, x1 (cos(wt) + a cos^2(wt)).

Published ranges, within which the phase wt runs from 1 to 9 rad.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _response(
  x1: np.ndarray, omega: np.ndarray, t: np.ndarray, alpha: np.ndarray
) -> np.ndarray:
  wave = np.cos(omega * t)
  return x1 * (wave + alpha * wave**2)


register(
  RegressionTask(
    name="feynman_i_50_26",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("lab@1",),
    inputs={
      "x1": Interval(1, 3),
      "omega": Interval(1, 3),
      "t": Interval(1, 3),
      "alpha": Interval(1, 3),
    },
    function=_response,
  )
)
