"""Perlin's fade curve, 6x^5 - 15x^4 + 10x^3: degree 5 in one input.

From "Improving Noise" (Perlin, SIGGRAPH 2002), on its own range [0, 1]: flat at
both ends, steep in the middle, and leaving the ends in a curve that no tangent
shows.
"""

from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="polynomial_smootherstep",
    family="polynomials",
    source="Perlin, Improving Noise, SIGGRAPH 2002",
    suites=("lab@1",),
    inputs={"x": Interval(0, 1)},
    function=lambda x: x**3 * (x * (6 * x - 15) + 10),
  )
)
