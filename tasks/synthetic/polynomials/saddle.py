"""Hyperbolic paraboloid, x^2 - y^2: degree 2 in two inputs.

Ranges of our choosing: symmetric, so that both curvatures must be continued
to either side.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="polynomial_saddle",
    family="polynomials",
    source="the hyperbolic paraboloid",
    suites=("lab@1",),
    inputs={"x": Interval(-2, 2), "y": Interval(-2, 2)},
    function=lambda x, y: x**2 - y**2,
  )
)
