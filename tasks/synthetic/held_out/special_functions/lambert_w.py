"""Lambert's W of a quadratic form, from its branch point on.

At the origin it is -1, with a tip as that of a cone; far away it grows as a
logarithm.
"""

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  squares = np.round(rng.uniform(0.5, 3, 2), 1)
  mixed = round(rng.uniform(-0.9, 0.9), 1)  # A definite form has 1 at most.

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    u, v = np.sqrt(squares[0]) * x, np.sqrt(squares[1]) * y
    form = u**2 + 2 * mixed * u * v + v**2
    return np.asarray(special.lambertw((form - 1) / np.e).real)

  return RegressionTask(
    parameters={"squares": squares, "mixed": mixed},
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="lambert_w",
    family="special_functions",
    source="Lambert's transcendental equation; DLMF 4.13",
    draw=_draw,
    streams=("heldout",),
  )
)
