"""Beat of two close frequencies, sin(3x) sin x: a modulated carrier.

The range holds 1.1 periods of the carrier, and the far band completes a second
one as the envelope turns.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="harmonic_beat",
    family="harmonics",
    source="amplitude modulation",
    suites=("lab@1",),
    inputs={"x": Interval(-1.2, 1.2)},
    function=lambda x: np.sin(3 * x) * np.sin(x),
  )
)
