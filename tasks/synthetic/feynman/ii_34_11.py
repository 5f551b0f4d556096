"""II.34.11: the precession frequency of a spin, g q B / (2 m).

Held out. Published ranges. The mass stays above its own: at 0 the frequency has
a pole.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_ii_34_11",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={
      "g": Interval(1, 5),
      "q": Interval(1, 5),
      "field": Interval(1, 5),
      "m": Interval(1, 5, below=False),
    },
    function=lambda g, q, field, m: g * q * field / (2 * m),
  )
)
