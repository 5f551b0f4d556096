"""A product of two affine functions, clipped on both sides."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  slopes = np.round(rng.uniform(0.4, 1.5, (2, 2)), 1)
  slopes *= rng.choice([-1, 1], (2, 2))
  offsets = np.round(rng.uniform(-0.5, 0.5, 2), 1)
  low, high = -round(rng.uniform(0.2, 0.8), 1), round(rng.uniform(0.2, 0.8), 1)

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    first, second = slopes @ np.stack([x, y]) + offsets[:, None]
    return np.asarray(np.clip(first * second, low, high))

  return RegressionTask(
    parameters={
      "slopes": slopes,
      "offsets": offsets,
      "low": low,
      "high": high,
    },
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="clipped_product",
    family="piecewise",
    source="saturating multipliers of analog circuits",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
