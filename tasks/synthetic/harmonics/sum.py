"""Sum of a sine and its octave, sin x + cos(2x)/2.

The range holds one period of the fundamental and two of the octave; the far
band ends 0.4 periods beyond.
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
    inputs={"x": Interval(-np.pi, np.pi)},
    function=lambda x: np.sin(x) + np.cos(2 * x) / 2,
  )
)
