"""The speed of an enzyme with an inhibitor and too much of its substrate."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  constant = round(rng.uniform(0.1, 1), 1)  # Michaelis'.
  of_inhibitor = round(rng.uniform(0.2, 1), 1)
  of_excess = round(rng.uniform(0.3, 2), 1)

  def function(substrate: np.ndarray, inhibitor: np.ndarray) -> np.ndarray:
    needed = constant * (1 + inhibitor / of_inhibitor)
    return substrate / (needed + substrate * (1 + substrate / of_excess))

  return RegressionTask(
    parameters={
      "constant": constant,
      "of_inhibitor": of_inhibitor,
      "of_excess": of_excess,
    },
    inputs={
      "substrate": Interval(0, 2, below=False),
      "inhibitor": Interval(0, 1, below=False),
    },
    function=function,
  )


register(
  Generator(
    name="inhibition",
    family="rationals",
    source="Michaelis-Menten and Haldane kinetics",
    draw=_draw,
    streams=("heldout",),
  )
)
