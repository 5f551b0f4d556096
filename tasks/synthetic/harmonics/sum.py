"""Sum of a sine and half its octave in another input, sin x + cos(2y)/2.

The ranges, of 5 rad, hold 0.8 periods of the one and 1.6 of the other.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="harmonic_sum",
    family="harmonics",
    source="a Fourier sum of two terms",
    suites=("lab@1",),
    inputs={"x": Interval(-2.5, 2.5), "y": Interval(-2.5, 2.5)},
    function=lambda x, y: np.sin(x) + np.cos(2 * y) / 2,
  )
)
