"""I.12.2: Coulomb's force, q1 q2 / (4 pi eps r^2).

Published ranges. The permittivity and the distance stay above theirs: at 0 the
force has poles.
"""

import numpy as np

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_i_12_2",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("lab@1",),
    inputs={
      "q1": Interval(1, 5),
      "q2": Interval(1, 5),
      "epsilon": Interval(1, 5, below=False),
      "r": Interval(1, 5, below=False),
    },
    function=lambda q1, q2, epsilon, r: q1 * q2 / (4 * np.pi * epsilon * r**2),
  )
)
