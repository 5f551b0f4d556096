"""Product of waves in two inputs, sin x cos y: a standing wave.

The range holds 0.64 periods each way; the far band completes them.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="harmonic_product",
    family="harmonics",
    source="a standing wave on a membrane",
    suites=("lab@1",),
    inputs={"x": Interval(-2, 2), "y": Interval(-2, 2)},
    function=lambda x, y: np.sin(x) * np.cos(y),
  )
)
