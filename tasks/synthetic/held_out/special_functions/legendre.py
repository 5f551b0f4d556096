"""Legendre functions of drawn real degree."""

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  degree = round(rng.uniform(1.2, 4.4), 1)

  def function(x: np.ndarray) -> np.ndarray:
    series = special.hyp2f1(-degree, degree + 1, 1, (1 - x) / 2)
    return np.asarray(series)

  return RegressionTask(
    parameters={"degree": degree},
    # At -1 it has a singularity, but for whole degrees.
    inputs={"x": Interval(-0.6, 0.6, below=False)},
    function=function,
  )


register(
  Generator(
    name="legendre",
    family="special_functions",
    source="Legendre's equation, regular at 1; DLMF 14.3",
    draw=_draw,
    streams=("heldout",),
  )
)
