"""Cubic, x^3 - 3x: degree 3 in one input.

The range holds the turning point at 1; the one at -1 lies just below it, and
above it the cubic runs away.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="polynomial_cubic",
    family="polynomials",
    source="a cubic with two turning points",
    suites=("lab@1",),
    inputs={"x": Interval(-0.5, 2.5)},
    function=lambda x: x**3 - 3 * x,
  )
)
