"""Squares of quadratic polynomials, completed: q^2 + c q, of degree 4.

  q = x^2 - 0.5xy + y     q^2 - 1.2 q

In one or two inputs. As a function of q it is a parabola, whose lowest point
may lie within the box or beyond.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(1, 3))
  matrix = np.triu(rng.integers(-3, 4, (num_inputs, num_inputs)) / 4)
  matrix[0, 0] = 1  # The largest sets the scale.
  linear = rng.integers(-4, 5, num_inputs) / 4
  linear = np.abs(linear)  # Else it is a mirror image.
  of_inner = rng.integers(-4, 5) / 2

  def function(*inputs: np.ndarray) -> np.ndarray:
    x = np.stack(inputs)
    inner = (x * (matrix @ x)).sum(axis=0) + linear @ x
    return np.asarray(inner**2 + of_inner * inner)

  return RegressionTask(
    parameters={
      "matrix": matrix.tolist(),
      "linear": linear,
      "of_inner": of_inner,
    },
    inputs={"xy"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


register(
  Generator(
    name="composed_polynomial",
    family="polynomials",
    source="compositions of quadratics",
    draw=_draw,
  )
)
