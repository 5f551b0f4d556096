"""Chirps, sin(p + ax + bx^2): waves whose frequency grows along the input.

Training inputs lie above 0 and hold 0.4 to 0.9 periods. Beyond, waves are
shorter above the box and longer below it.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  periods = rng.integers(8, 19) / 20
  swept = rng.integers(1, 4) / 5  # Share of the quadratic term.
  phase = rng.integers(5) / 10  # In turns; the rest turns the sign.

  def function(x: np.ndarray) -> np.ndarray:
    turns = phase + periods * ((1 - swept) * x + swept * x**2)
    return np.asarray(np.sin(2 * np.pi * turns))

  return RegressionTask(
    parameters={"periods": periods, "swept": swept, "phase": phase},
    inputs={"x": Interval(0, 1)},
    function=function,
  )


register(
  Generator(
    name="chirp",
    family="harmonics",
    source="linear chirps",
    draw=_draw,
  )
)
