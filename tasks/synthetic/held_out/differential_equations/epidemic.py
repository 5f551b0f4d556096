"""The share of a population that is infected in an epidemic."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.differential_equations import runge_kutta


def _draw(rng: np.random.Generator) -> RegressionTask:
  initial = int(rng.integers(1, 11)) / 100
  recovery = round(rng.uniform(0.3, 1), 1)

  def function(t: np.ndarray, contacts: np.ndarray) -> np.ndarray:
    def derivative(state: np.ndarray, t: np.ndarray) -> np.ndarray:
      susceptible, infected = state
      caught = contacts * susceptible * infected
      return np.stack([-caught, caught - recovery * infected])

    start = (np.asarray(1 - initial), np.asarray(initial))
    return np.asarray(runge_kutta.solve(derivative, start, t)[1])

  return RegressionTask(
    parameters={"initial": initial, "recovery": recovery},
    inputs={
      "t": Interval(0, 5, below=False),
      "contacts": Interval(0.5, 3),
    },
    function=function,
  )


register(
  Generator(
    name="epidemic",
    family="differential_equations",
    source="the SIR model of Kermack and McKendrick",
    draw=_draw,
    streams=("heldout",),
  )
)
