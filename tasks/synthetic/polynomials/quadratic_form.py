"""Indefinite quadratic form, x^2 + xy - yz - z^2: degree 2 in three inputs.

Held out. Ranges of our choosing: symmetric, with squares and products alike.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_RANGE = Interval(-2, 2)

register(
  RegressionTask(
    name="polynomial_quadratic_form",
    family="polynomials",
    source="an indefinite quadratic form",
    suites=("heldout@1",),
    inputs={"x": _RANGE, "y": _RANGE, "z": _RANGE},
    function=lambda x, y, z: x**2 + x * y - y * z - z**2,
  )
)
