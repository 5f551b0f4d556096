"""The number of prey, which predators follow."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.differential_equations import runge_kutta


def _draw(rng: np.random.Generator) -> RegressionTask:
  growth, death = np.round(rng.uniform(0.6, 1.6, 2), 1)
  crowding = round(rng.uniform(0, 0.3), 1)

  def derivative(state: np.ndarray, t: np.ndarray) -> np.ndarray:
    prey, predators = state
    eaten = prey * predators
    return np.stack(
      [growth * prey * (1 - crowding * prey) - eaten, eaten - death * predators]
    )

  def function(
    t: np.ndarray, prey: np.ndarray, predators: np.ndarray
  ) -> np.ndarray:
    return np.asarray(runge_kutta.solve(derivative, (prey, predators), t)[0])

  return RegressionTask(
    parameters={"growth": growth, "death": death, "crowding": crowding},
    inputs={
      "t": Interval(0, 3, below=False),
      "prey": Interval(0.8, 2),
      "predators": Interval(0.8, 2),
    },
    function=function,
  )


register(
  Generator(
    name="predator_prey",
    family="differential_equations",
    source="the equations of Lotka and Volterra",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
