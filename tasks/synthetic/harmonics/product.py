"""Standing waves in two inputs, sin(ax + p) sin(by + q).

The box holds 0.3 to 0.7 periods each way.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  # Other phases mirror the wave or turn its sign; sorted, for which of the
  # inputs is the first is of no consequence.
  waves = sorted((rng.integers([3, 0], [8, 6], (2, 2)) / [10, 20]).tolist())
  periods, phases = np.transpose(waves)  # Phases in turns.

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    first = np.sin(np.pi * (periods[0] * x + 2 * phases[0]))
    return np.asarray(first * np.sin(np.pi * (periods[1] * y + 2 * phases[1])))

  return RegressionTask(
    parameters={"periods": periods, "phases": phases},
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="standing_wave",
    family="harmonics",
    source="standing waves on a membrane",
    draw=_draw,
  )
)
