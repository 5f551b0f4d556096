"""The speed in a steepening wave before it breaks, u = f(x - u t)."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.implicit import bisection


def _draw(rng: np.random.Generator) -> RegressionTask:
  number = round(rng.uniform(1.4, 2.5), 1)  # Of the wave.
  phase = round(rng.uniform(-1.5, 1.5), 1)
  mean = round(rng.uniform(-1, 1), 1)

  def function(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    def beyond(u: np.ndarray) -> np.ndarray:
      return np.asarray(u - mean - np.sin(number * (x - u * t) + phase))

    bound = np.full_like(x, 1.0)
    return bisection.root(beyond, mean - bound, mean + bound)

  return RegressionTask(
    parameters={"number": number, "phase": phase, "mean": mean},
    # It breaks at 1 / number.
    inputs={
      "x": Interval(-1, 1),
      "t": Interval(0, 0.6 / number, below=False),
    },
    function=function,
  )


register(
  Generator(
    name="steepening_wave",
    family="implicit",
    source="Burgers' equation without viscosity",
    draw=_draw,
    streams=("heldout",),
  )
)
