"""Ripples, cos(ar + p): waves of the distance r from a point.

The point lies within the square of training inputs, whose diagonal holds 0.6
to 1.2 periods.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  # Mirrored and swapped squares are the same task: each once.
  centre = np.sort(rng.integers(0, 11, 2)) / 10
  periods = rng.integers(6, 13) / 10
  phase = rng.integers(5) / 10  # In turns; the rest turns the sign.
  diagonal = 2 * np.sqrt(2)

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    distance = np.hypot(x - centre[0], y - centre[1])
    return np.asarray(
      np.cos(2 * np.pi * (periods * distance / diagonal + phase))
    )

  return RegressionTask(
    parameters={"centre": centre, "periods": periods, "phase": phase},
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="ripples",
    family="harmonics",
    source="circular waves",
    draw=_draw,
  )
)
