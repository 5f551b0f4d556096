"""A staircase with smooth edges, of four steps of drawn heights."""

import numpy as np
from scipy import special

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  # Two of the edges lie beyond the training range.
  edges = np.round(np.array([-1.3, -0.5, 0.5, 1.3]) + rng.normal(0, 0.15, 4), 1)
  heights = np.round(rng.uniform(0.4, 1, 4), 1) * rng.choice([-1, 1], 4)
  sharpness = round(rng.uniform(4, 12))
  slope = round(rng.uniform(0.3, 1), 1)

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    place = x + slope * y
    steps = special.expit(sharpness * (place[:, None] - edges))
    return np.asarray(steps @ heights)

  return RegressionTask(
    parameters={
      "edges": edges,
      "heights": heights,
      "sharpness": sharpness,
      "slope": slope,
    },
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="soft_steps",
    family="piecewise",
    source="mixtures of logistic steps",
    draw=_draw,
    streams=("heldout",),
  )
)
