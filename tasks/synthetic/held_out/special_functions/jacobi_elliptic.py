"""Jacobi's elliptic sine, of which sine and tanh are the two ends."""

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  scale = round(rng.uniform(0.5, 1.2), 1)
  shift = round(rng.uniform(-1.5, 1.5), 1)

  def function(u: np.ndarray, m: np.ndarray) -> np.ndarray:
    return np.asarray(special.ellipj(scale * u + shift, m)[0])

  return RegressionTask(
    parameters={"scale": scale, "shift": shift},
    # m stays in [0, 1).
    inputs={"u": Interval(-2, 2), "m": Interval(0, 0.7, below=False)},
    function=function,
  )


register(
  Generator(
    name="jacobi_elliptic",
    family="special_functions",
    source="the inverse of the elliptic integral F; DLMF 22.2",
    draw=_draw,
    streams=("heldout",),
  )
)
