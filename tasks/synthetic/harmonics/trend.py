"""Wave on a trend, x + sin(2x).

Held out. The kind of function by which snake (arXiv 2006.08195) shows what it
extrapolates. The range holds 1.6 periods.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="harmonic_trend",
    family="harmonics",
    source="after arXiv 2006.08195",
    suites=("heldout@1",),
    inputs={"x": Interval(-2.5, 2.5)},
    function=lambda x: x + np.sin(2 * x),
  )
)
