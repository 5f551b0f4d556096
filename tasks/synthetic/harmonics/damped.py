"""Damped oscillation, exp(-x/8) cos(2x).

The range, in time units, holds 1.3 periods from the release at 0; time only
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
    inputs={"x": Interval(0, 4, below=False)},
    function=lambda x: np.exp(-x / 8) * np.cos(2 * x),
  )
)
