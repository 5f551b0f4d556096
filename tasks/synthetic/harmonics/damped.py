"""Damped oscillation, exp(-x/4) cos(2x).

The range, in time units, holds 1.6 periods from the release at 0; time only
runs on.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="harmonic_damped",
    family="harmonics",
    source="the underdamped oscillator",
    suites=("lab@1",),
    inputs={"x": Interval(0, 5, below=False)},
    function=lambda x: np.exp(-x / 4) * np.cos(2 * x),
  )
)
