"""The place of a planet along a drawn direction, by Kepler's equation.

The mean anomaly M, which grows with time, gives E - e sin E = M.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.implicit import bisection


def _draw(rng: np.random.Generator) -> RegressionTask:
  direction = round(rng.uniform(0, 3.1), 1)
  speed = round(rng.uniform(0.6, 1.4), 1)

  def function(time: np.ndarray, eccentricity: np.ndarray) -> np.ndarray:
    mean = speed * time
    anomaly = bisection.root(
      lambda e: e - eccentricity * np.sin(e) - mean, mean - 1, mean + 1
    )
    x = np.cos(anomaly) - eccentricity
    y = np.sqrt(1 - eccentricity**2) * np.sin(anomaly)
    return np.asarray(np.cos(direction) * x + np.sin(direction) * y)

  return RegressionTask(
    parameters={"direction": direction, "speed": speed},
    inputs={
      "time": Interval(-1.5, 1.5),
      "eccentricity": Interval(0, 0.6, below=False),
    },
    function=function,
  )


register(
  Generator(
    name="kepler",
    family="implicit",
    source="Kepler's equation",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
