"""A triangle wave along a drawn direction, with a drift."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  slopes = np.round(rng.uniform(0.3, 0.8, 2), 1)
  phase = round(rng.uniform(0, 1), 1)
  drift = round(rng.uniform(-0.5, 0.5), 1)

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    turns = slopes[0] * x + slopes[1] * y + phase
    wave = 2 * np.abs(turns - np.round(turns))  # From 0 to 1, period 1.
    return np.asarray(wave + drift * x)

  return RegressionTask(
    parameters={"slopes": slopes, "phase": phase, "drift": drift},
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="triangle_wave",
    family="piecewise",
    source="the distance to the nearest whole number",
    draw=_draw,
    streams=("heldout",),
  )
)
