"""I.18.4: the centre of two masses, (m1 r1 + m2 r2) / (m1 + m2).

Held out. Published ranges. Masses stay above theirs: below lie negative ones,
and a pole.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_i_18_4",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={
      "m1": Interval(1, 5, below=False),
      "m2": Interval(1, 5, below=False),
      "r1": Interval(1, 5),
      "r2": Interval(1, 5),
    },
    function=lambda m1, m2, r1, r2: (m1 * r1 + m2 * r2) / (m1 + m2),
  )
)
