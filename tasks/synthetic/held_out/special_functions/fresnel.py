"""The brightness of light behind a straight edge, by Fresnel's integrals."""

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  scale = round(rng.uniform(1, 1.6), 1)
  edge = round(rng.uniform(-0.6, 0.6), 1)

  def function(x: np.ndarray, distance: np.ndarray) -> np.ndarray:
    sine, cosine = special.fresnel(scale * (x - edge) / np.sqrt(distance))
    return np.asarray(((cosine + 0.5) ** 2 + (sine + 0.5) ** 2) / 2)

  return RegressionTask(
    parameters={"scale": scale, "edge": edge},
    inputs={"x": Interval(-1, 1.5), "distance": Interval(1, 3)},
    function=function,
  )


register(
  Generator(
    name="fresnel",
    family="special_functions",
    source="diffraction by a half-plane; DLMF 7.2",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
