"""Linear chirp, sin(x^2): a frequency that grows with the input.

The range holds one period and a third. The chirp is even, so it is left on its
upper side only: below 0 it would repeat what was seen.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="harmonic_chirp",
    family="harmonics",
    source="a linear chirp",
    suites=("lab@1",),
    inputs={"x": Interval(0, 2.9, below=False)},
    function=lambda x: np.sin(x**2),
  )
)
