"""The place of a self-excited oscillator on its way to the limit cycle."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.differential_equations import runge_kutta


def _draw(rng: np.random.Generator) -> RegressionTask:
  excitation = round(rng.uniform(0.2, 2), 1)
  velocity = round(rng.uniform(-1, 1), 1)

  def derivative(state: np.ndarray, t: np.ndarray) -> np.ndarray:
    x, speed = state
    return np.stack([speed, excitation * (1 - x**2) * speed - x])

  def function(t: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.asarray(
      runge_kutta.solve(derivative, (x, np.asarray(velocity)), t)[0]
    )

  return RegressionTask(
    parameters={"excitation": excitation, "velocity": velocity},
    inputs={"t": Interval(0, 3, below=False), "x": Interval(-1.5, 1.5)},
    function=function,
  )


register(
  Generator(
    name="van_der_pol",
    family="differential_equations",
    source="Van der Pol's oscillator",
    draw=_draw,
    streams=("heldout",),
  )
)
