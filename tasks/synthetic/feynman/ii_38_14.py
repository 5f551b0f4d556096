"""II.38.14: the shear modulus of an elastic body, Y / (2 (1 + s)).

Held out. Published ranges. Poisson's ratio stays above its own: at -1 the
modulus has a pole.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="feynman_ii_38_14",
    family="feynman",
    source="AI-Feynman table, arXiv 1905.11481",
    suites=("heldout@1",),
    inputs={"young": Interval(1, 5), "sigma": Interval(1, 5, below=False)},
    function=lambda young, sigma: young / (2 * (1 + sigma)),
  )
)
