"""Airy's function of a mixture of two inputs, a wave that turns to a decay."""

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  weights = np.round(rng.uniform(0.5, 1.5, 2), 1)

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(special.airy(weights[0] * x - weights[1] * y)[0])

  return RegressionTask(
    parameters={"weights": weights},
    inputs={"x": Interval(-1, 1), "y": Interval(0, 2)},
    function=function,
  )


register(
  Generator(
    name="airy",
    family="special_functions",
    source="a particle of drawn energy in a uniform field; DLMF 9.2",
    draw=_draw,
    streams=("heldout",),
  )
)
