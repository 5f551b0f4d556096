"""II.2.42: heat flow through a slab, k (T2 - T1) A / d.

Published ranges. The thickness stays above its own: at 0 the flow has a pole.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_ii_2_42",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("lab@1",),
    inputs={
      "kappa": Interval(1, 5),
      "t2": Interval(1, 5),
      "t1": Interval(1, 5),
      "area": Interval(1, 5),
      "thickness": Interval(1, 5, below=False),
    },
    function=lambda kappa, t2, t1, area, thickness: (
      kappa * (t2 - t1) * area / thickness
    ),
  )
)
