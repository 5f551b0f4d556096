"""Plane waves in two or three inputs, cos(ax + by + cz + p).

The box holds 0.3 to 0.7 periods along each of its sides.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(2, 4))
  periods = np.sort(rng.integers(3, 8, num_inputs)) / 10
  # Other phases mirror the wave or turn its sign.
  phase = rng.integers(6) / 20  # In turns.

  def function(*inputs: np.ndarray) -> np.ndarray:
    turns = periods @ np.stack(inputs) / 2 + phase
    return np.asarray(np.cos(2 * np.pi * turns))

  return RegressionTask(
    parameters={"periods": periods, "phase": phase},
    inputs={"xyz"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


register(
  Generator(
    name="plane_wave",
    family="harmonics",
    source="plane waves",
    draw=_draw,
  )
)
