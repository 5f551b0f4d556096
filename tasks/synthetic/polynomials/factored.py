"""Products of three or four linear factors in two or three inputs.

  (x - 0.5y + 0.2) (x + 1.2y - 0.6) (x + y)

Each factor vanishes on a line or plane that meets the box.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(2, 4))
  num_factors = int(rng.integers(3, 5))
  slopes = rng.integers(-15, 16, (num_factors, num_inputs)) / 10
  slopes[:, 0] = 1  # It sets the scale.
  offsets = np.sort(rng.integers(-5, 6, num_factors)) / 5

  def function(*inputs: np.ndarray) -> np.ndarray:
    factors = slopes @ np.stack(inputs) + offsets[:, None]
    return np.asarray(factors.prod(axis=0))

  return RegressionTask(
    parameters={"slopes": slopes.tolist(), "offsets": offsets},
    inputs={"xyz"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


register(
  Generator(
    name="factored_polynomial",
    family="polynomials",
    source="products of linear factors",
    draw=_draw,
  )
)
