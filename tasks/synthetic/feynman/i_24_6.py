"""I.24.6: the mean energy of a driven oscillator, m (w^2 + w0^2) x^2 / 4.

Held out. Published ranges.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _energy(
  m: np.ndarray, omega: np.ndarray, omega_0: np.ndarray, x: np.ndarray
) -> np.ndarray:
  return m * (omega**2 + omega_0**2) * x**2 / 4


register(
  RegressionTask(
    name="feynman_i_24_6",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={
      "m": Interval(1, 3),
      "omega": Interval(1, 3),
      "omega_0": Interval(1, 3),
      "x": Interval(1, 3),
    },
    function=_energy,
  )
)
