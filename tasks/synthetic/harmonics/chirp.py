"""Two-way chirp, sin(xy): each input sets the frequency along the other.

On the diagonal it is the linear chirp sin(x^2). Phases within the ranges reach
4 rad. It is odd in either input, so the ranges are left on their upper side
only: below 0 it would repeat what was seen.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_RANGE = Interval(0, 2, below=False)

register(
  RegressionTask(
    name="harmonic_chirp",
    family="harmonics",
    source="a linear chirp in two inputs",
    suites=("lab@1",),
    inputs={"x": _RANGE, "y": _RANGE},
    function=lambda x, y: np.sin(x * y),
  )
)
