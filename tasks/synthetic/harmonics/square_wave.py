"""Three terms of a square wave, sin x + sin(3x)/3 + sin(5x)/5.

Held out. The range holds the jump at 0 and both of its plateaus, with 2.4
periods of the fastest term; the next jump lies beyond, at pi.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="harmonic_square_wave",
    family="harmonics",
    source="the Fourier series of a square wave",
    suites=("heldout@1",),
    inputs={"x": Interval(-1.5, 1.5)},
    function=lambda x: np.sin(x) + np.sin(3 * x) / 3 + np.sin(5 * x) / 5,
  )
)
