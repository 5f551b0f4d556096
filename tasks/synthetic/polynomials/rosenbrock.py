"""Rosenbrock's valley, (1 - x)^2 + b (y - x^2)^2: degree 4 in two inputs.

Held out. From Rosenbrock, The Computer Journal 3 (1960), with b = 1 in place of
100, which would drown the first term. The minimum, at (1, 1), is a corner of
the range.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="polynomial_rosenbrock",
    family="polynomials",
    source="Rosenbrock, The Computer Journal 3, 1960",
    suites=("heldout@1",),
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=lambda x, y: (1 - x) ** 2 + (y - x**2) ** 2,
  )
)
