"""Monkey saddle, x^3 - 3xy^2: degree 3 in two inputs.

The saddle point (0, 0) is a corner of the range; two of the three valleys lie
beyond.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="polynomial_monkey_saddle",
    family="polynomials",
    source="the monkey saddle",
    suites=("lab@1",),
    inputs={"x": Interval(0, 2), "y": Interval(0, 2)},
    function=lambda x, y: x**3 - 3 * x * y**2,
  )
)
