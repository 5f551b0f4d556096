"""Quadratic forms in two or three inputs, with linear terms.

  x^2 - 1.5xy + 0.5y^2 + 2x - y

Forms may curve up, down, or both ways, as a saddle does.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(2, 4))
  matrix = np.triu(_weights(rng, (num_inputs, num_inputs)))
  linear = _weights(rng, (num_inputs,))

  def function(*inputs: np.ndarray) -> np.ndarray:
    x = np.stack(inputs)
    return np.asarray((x * (matrix @ x)).sum(axis=0) + linear @ x)

  return RegressionTask(
    parameters={"matrix": matrix.tolist(), "linear": linear},
    inputs={"xyz"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


def _weights(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
  return np.round(rng.uniform(-2, 2, shape), 1)


register(
  Generator(
    name="quadratic_form",
    family="polynomials",
    source="quadratic forms",
    draw=_draw,
  )
)
