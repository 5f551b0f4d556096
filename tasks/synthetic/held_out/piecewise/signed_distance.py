"""The distance to a rounded box and a disc, negative inside of them."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  sides = np.round(rng.uniform(0.1, 0.5, 2), 1)  # Halves of them.
  corner = round(rng.uniform(0, 0.3), 1)
  box, disc = np.round(rng.uniform(-0.6, 0.6, (2, 2)), 1)
  radius = round(rng.uniform(0.1, 0.5), 1)

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    point = np.stack([x, y], axis=-1)
    beyond = np.abs(point - box) - sides
    outside = np.linalg.norm(np.maximum(beyond, 0), axis=-1)
    to_box = outside + np.minimum(beyond.max(axis=-1), 0) - corner
    to_disc = np.linalg.norm(point - disc, axis=-1) - radius
    return np.asarray(np.minimum(to_box, to_disc))

  return RegressionTask(
    parameters={
      "sides": sides,
      "corner": corner,
      "box": box,
      "disc": disc,
      "radius": radius,
    },
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="signed_distance",
    family="piecewise",
    source="signed distance functions of computer graphics",
    draw=_draw,
    streams=("heldout",),
  )
)
