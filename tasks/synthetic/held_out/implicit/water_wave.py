"""The height of a water wave at a drawn place.

Its number k solves w**2 = (k + tension k**3) tanh(k depth).
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.implicit import bisection


def _draw(rng: np.random.Generator) -> RegressionTask:
  tension = round(rng.uniform(0, 0.5), 1)
  place = round(rng.uniform(0.5, 2), 1)

  def function(frequency: np.ndarray, depth: np.ndarray) -> np.ndarray:
    def beyond(k: np.ndarray) -> np.ndarray:
      return np.asarray(
        (k + tension * k**3) * np.tanh(k * depth) - frequency**2
      )

    zero, high = np.zeros_like(depth), np.full_like(depth, 100.0)
    return np.cos(place * bisection.root(beyond, zero, high))

  return RegressionTask(
    parameters={"tension": tension, "place": place},
    inputs={
      "frequency": Interval(0.4, 1.6, below=False),
      "depth": Interval(0.3, 1.5, below=False),
    },
    function=function,
  )


register(
  Generator(
    name="water_wave",
    family="implicit",
    source="the dispersion of gravity-capillary waves",
    draw=_draw,
    streams=("heldout",),
  )
)
