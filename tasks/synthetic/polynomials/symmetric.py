"""The elementary symmetric polynomials of three inputs, added up: degree 3.

Held out. x + y + z + xy + yz + zx + xyz = (1 + x)(1 + y)(1 + z) - 1. The range
is symmetric about 0, so that terms of every degree count.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

_RANGE = Interval(-1, 1)

register(
  RegressionTask(
    name="polynomial_symmetric",
    family="polynomials",
    source="the elementary symmetric polynomials",
    suites=("heldout@1",),
    inputs={"x": _RANGE, "y": _RANGE, "z": _RANGE},
    function=lambda x, y, z: (1 + x) * (1 + y) * (1 + z) - 1,
  )
)
