"""Binomial coefficients between the whole numbers, by the gamma function."""

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  lowest = round(rng.uniform(0, 2), 1)
  slope = round(rng.uniform(0.3, 1.2), 1)

  def function(n: np.ndarray, k: np.ndarray) -> np.ndarray:
    return np.asarray(special.binom(lowest + slope * n, k))

  return RegressionTask(
    parameters={"lowest": lowest, "slope": slope},
    inputs={"n": Interval(0, 2, below=False), "k": Interval(-1, 3)},
    function=function,
  )


register(
  Generator(
    name="binomial",
    family="special_functions",
    source="binomial coefficients of real arguments; DLMF 1.2, 5.2",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
