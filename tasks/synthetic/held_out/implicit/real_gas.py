"""The pressure of a real gas over that of an ideal one as dense.

p = 8 T d / (3 - d) - 3 d**2 / T**k, in units of the critical point, has one
root d, the density, above temperature 1.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.implicit import bisection


def _draw(rng: np.random.Generator) -> RegressionTask:
  power = int(rng.integers(6)) / 5
  hottest = int(rng.integers(7, 12)) / 5

  def function(temperature: np.ndarray, pressure: np.ndarray) -> np.ndarray:
    def beyond(d: np.ndarray) -> np.ndarray:
      attraction = 3 * d**2 / temperature**power
      return np.asarray(8 * temperature * d / (3 - d) - attraction - pressure)

    zero, densest = np.zeros_like(pressure), np.full_like(pressure, 2.999)
    density = bisection.root(beyond, zero, densest)
    return np.asarray(3 * pressure / (8 * density * temperature))

  return RegressionTask(
    parameters={"power": power, "hottest": hottest},
    inputs={
      "temperature": Interval(1.02, hottest, below=False),
      "pressure": Interval(0.5, 1.5),
    },
    function=function,
  )


register(
  Generator(
    name="real_gas",
    family="implicit",
    source="the equations of state of Van der Waals and Berthelot",
    draw=_draw,
    streams=("heldout",),
  )
)
