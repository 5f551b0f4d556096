"""The activity of a gene under an activator and a repressor, by Hill's law."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  powers = rng.integers(4, 8, 2)
  halves = np.round(rng.uniform(0.6, 1, 2), 1)  # Where half is reached.
  leak = round(rng.uniform(0, 0.3), 1)

  def function(activator: np.ndarray, repressor: np.ndarray) -> np.ndarray:
    a, r = (activator / halves[0]) ** powers[0], repressor / halves[1]
    return np.asarray((leak + a) / (1 + a + r ** powers[1]))

  return RegressionTask(
    parameters={"powers": powers, "halves": halves, "leak": leak},
    inputs={
      "activator": Interval(0, 1.2, below=False),
      "repressor": Interval(0, 1.2, below=False),
    },
    function=function,
  )


register(
  Generator(
    name="hill",
    family="rationals",
    source="Hill's equation for cooperative binding",
    draw=_draw,
    streams=("heldout",),
  )
)
