"""I.24.6: the mean energy of a driven oscillator, m (w^2 + w0^2) x^2 / 4.

Published ranges.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_i_24_6",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("lab@1",),
    inputs={
      "m": Interval(1, 3),
      "omega": Interval(1, 3),
      "omega_0": Interval(1, 3),
      "x": Interval(1, 3),
    },
    function=lambda m, omega, omega_0, x: (
      m * (omega**2 + omega_0**2) * x**2 / 4
    ),
  )
)
