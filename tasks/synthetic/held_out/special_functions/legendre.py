"""Legendre functions of drawn real degree, of an angle from the pole."""

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  degree = round(rng.uniform(1.2, 4.4), 1)

  def function(angle: np.ndarray) -> np.ndarray:
    series = special.hyp2f1(-degree, degree + 1, 1, np.sin(angle / 2) ** 2)
    return np.asarray(series)

  return RegressionTask(
    parameters={"degree": degree},
    # At the other pole it has a singularity.
    inputs={"angle": Interval(0.3, 2)},
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
