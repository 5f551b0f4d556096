"""A population that dies out below a threshold and saturates above."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.differential_equations import runge_kutta


def _draw(rng: np.random.Generator) -> RegressionTask:
  rate = int(rng.integers(3, 11)) / 5
  threshold = int(rng.integers(6, 14)) / 20

  def derivative(n: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.asarray(rate * n * (n / threshold - 1) * (1 - n))

  def function(t: np.ndarray, initial: np.ndarray) -> np.ndarray:
    return np.asarray(runge_kutta.solve(derivative, (initial,), t)[0])

  return RegressionTask(
    parameters={"rate": rate, "threshold": threshold},
    inputs={
      "t": Interval(0, 3, below=False),
      "initial": Interval(0.2, 1.2),
    },
    function=function,
  )


register(
  Generator(
    name="allee_growth",
    family="differential_equations",
    source="the strong Allee effect in population dynamics",
    draw=_draw,
    streams=("heldout",),
  )
)
