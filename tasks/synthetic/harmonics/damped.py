"""Damped oscillations, exp(-gx) sin(ax + p).

The box begins at the release at 0 and holds 0.5 to 1.1 periods; time only runs
on.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  periods = rng.integers(10, 23) / 20
  phase = rng.integers(5) / 10  # In turns; the rest turns the sign.
  damping = rng.choice([0.3, 0.7, 1.1, 1.5])

  def function(x: np.ndarray) -> np.ndarray:
    wave = np.sin(2 * np.pi * (periods * x + phase))
    return np.asarray(np.exp(-damping * x) * wave)

  return RegressionTask(
    parameters={"periods": periods, "phase": phase, "damping": damping},
    inputs={"x": Interval(0, 1, below=False)},
    function=function,
  )


register(
  Generator(
    name="damped_wave",
    family="harmonics",
    source="the underdamped oscillator",
    draw=_draw,
  )
)
