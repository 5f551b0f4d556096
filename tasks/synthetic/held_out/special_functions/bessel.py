"""Bessel functions of the first kind, of drawn order and scale."""

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  order = int(rng.integers(7)) / 2
  scale = round(rng.uniform(0.6, 1.6), 1)

  def function(x: np.ndarray) -> np.ndarray:
    return np.asarray(special.jv(order, scale * x))

  return RegressionTask(
    parameters={"order": order, "scale": scale},
    inputs={"x": Interval(0, 4, below=False)},
    function=function,
  )


register(
  Generator(
    name="bessel",
    family="special_functions",
    source="Bessel's equation; DLMF 10.2",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
