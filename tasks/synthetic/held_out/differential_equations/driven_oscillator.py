"""The place of a damped oscillator that a periodic force drives."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.differential_equations import runge_kutta


def _draw(rng: np.random.Generator) -> RegressionTask:
  frequency, driven = np.round(rng.uniform(0.8, 1.8, 2), 1)
  damping = round(rng.uniform(0.1, 0.6), 1)
  force = round(rng.uniform(0.2, 1.2), 1)

  def derivative(state: np.ndarray, t: np.ndarray) -> np.ndarray:
    x, velocity = state
    drive = force * np.cos(driven * t)
    pull = -damping * velocity - frequency**2 * x
    return np.stack([velocity, pull + drive])

  def function(t: np.ndarray, x: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.asarray(runge_kutta.solve(derivative, (x, v), t)[0])

  return RegressionTask(
    parameters={
      "frequency": frequency,
      "driven": driven,
      "damping": damping,
      "force": force,
    },
    inputs={
      "t": Interval(0, 3, below=False),
      "x": Interval(-1, 1),
      "v": Interval(-1, 1),
    },
    function=function,
  )


register(
  Generator(
    name="driven_oscillator",
    family="differential_equations",
    source="linear resonance",
    draw=_draw,
    streams=("heldout",),
  )
)
