"""Sums of two sines, of one input or of one each.

  sin(2x + 1) + 0.4 sin(3x - 1)     sin(2x + 1) + 0.4 sin(3y - 1)

The box holds 0.4 or 0.6 periods of the one and 0.9 to 1.2 of the other.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(1, 3))
  periods = np.array([rng.choice([4, 6]), rng.integers(9, 13)]) / 10
  # In turns; other first ones mirror the sum or turn its sign, as do other
  # second ones of an input of their own.
  phases = np.array([rng.integers(1, 5), 2 * rng.integers(-2, 3)]) / 20
  second = rng.choice([0.4, 0.8])

  def function(*inputs: np.ndarray) -> np.ndarray:
    x, y = inputs if num_inputs == 2 else inputs * 2
    first = np.sin(np.pi * (periods[0] * x + 2 * phases[0]))
    other = np.sin(np.pi * (periods[1] * y + 2 * phases[1]))
    return np.asarray(first + second * other)

  return RegressionTask(
    parameters={
      "periods": periods,
      "phases": phases,
      "second": second,
      "inputs": num_inputs,
    },
    inputs={"xy"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


register(
  Generator(
    name="sine_sum",
    family="harmonics",
    source="Fourier sums of two terms",
    draw=_draw,
  )
)
