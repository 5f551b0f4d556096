"""Hermite functions: the states of a quantum oscillator."""

import math

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  degree = int(rng.integers(1, 5))
  scale = round(rng.uniform(0.5, 1.2), 1)
  shift = round(rng.uniform(-0.5, 0.5), 1)
  norm = math.sqrt(2**degree * math.factorial(degree) * math.sqrt(math.pi))

  def function(x: np.ndarray) -> np.ndarray:
    z = scale * x + shift
    return np.asarray(
      special.eval_hermite(degree, z) * np.exp(-(z**2) / 2) / norm
    )

  return RegressionTask(
    parameters={"degree": degree, "scale": scale, "shift": shift},
    inputs={"x": Interval(-2, 2)},
    function=function,
  )


register(
  Generator(
    name="hermite",
    family="special_functions",
    source="the harmonic oscillator of quantum mechanics; DLMF 18.3",
    draw=_draw,
    streams=("heldout",),
  )
)
