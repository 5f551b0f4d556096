"""Absolute values within absolute values: a sheet folded three times."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  slope = round(rng.uniform(-1, 1), 1)
  creases = np.round(rng.uniform(0.2, 0.8, 3), 1)

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    height = x + slope * np.abs(y - creases[0])
    for crease in creases[1:]:
      height = np.abs(height) - crease
    return np.asarray(np.abs(height))

  return RegressionTask(
    parameters={"slope": slope, "creases": creases},
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="folds",
    family="piecewise",
    source="compositions of absolute values, as tent maps are",
    draw=_draw,
    streams=("heldout",),
  )
)
