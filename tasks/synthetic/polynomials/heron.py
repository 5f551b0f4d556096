"""Heron's formula for the area of a triangle, squared: degree 4 in its sides.

16 A^2 = (a + b + c) (-a + b + c) (a - b + c) (a + b - c). Any three sides of
the range form a triangle; beyond it not all do, and the polynomial turns
negative.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_RANGE = Interval(1, 2)


register(
  RegressionTask(
    name="polynomial_heron",
    family="polynomials",
    source="Heron's formula",
    suites=("lab@1",),
    inputs={"a": _RANGE, "b": _RANGE, "c": _RANGE},
    function=lambda a, b, c: (
      (a + b + c) * (-a + b + c) * (a - b + c) * (a + b - c) / 16
    ),
  )
)
