"""III.15.14: the effective mass in a crystal, h^2 / (2 E d^2).

Published ranges. The energy and the spacing stay above theirs: at 0 the mass
has poles.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_iii_15_14",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("lab@1",),
    inputs={
      "h": Interval(1, 5),
      "energy": Interval(1, 5, below=False),
      "d": Interval(1, 5, below=False),
    },
    function=lambda h, energy, d: h**2 / (2 * energy * d**2),
  )
)
