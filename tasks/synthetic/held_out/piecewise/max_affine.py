"""A difference of two maxima of affine functions, in two or three inputs."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(2, 4))
  slopes = np.round(rng.normal(size=(2, 6, num_inputs)), 1)
  offsets = np.round(rng.normal(scale=0.5, size=(2, 6)), 1)

  def function(*inputs: np.ndarray) -> np.ndarray:
    pieces = slopes @ np.stack(inputs) + offsets[..., None]  # [2, 6, count]
    first, second = pieces.max(axis=1)
    return np.asarray(first - second)

  return RegressionTask(
    parameters={"slopes": slopes, "offsets": offsets},
    inputs={"xyz"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


register(
  Generator(
    name="max_affine",
    family="piecewise",
    source="differences of convex piecewise-affine functions",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
