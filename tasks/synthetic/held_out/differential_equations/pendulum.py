"""The angle of a pendulum with friction, pushed from a drawn angle."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.differential_equations import runge_kutta


def _draw(rng: np.random.Generator) -> RegressionTask:
  stiffness = round(rng.uniform(0.6, 1.2), 1)
  friction = round(rng.uniform(0, 0.3), 1)
  angle = round(rng.uniform(-1, 1), 1)

  def derivative(state: np.ndarray, t: np.ndarray) -> np.ndarray:
    theta, speed = state
    pull = -stiffness * np.sin(theta) - friction * speed
    return np.stack([speed, pull])

  def function(t: np.ndarray, speed: np.ndarray) -> np.ndarray:
    return np.asarray(
      runge_kutta.solve(derivative, (np.asarray(angle), speed), t)[0]
    )

  return RegressionTask(
    parameters={
      "stiffness": stiffness,
      "friction": friction,
      "angle": angle,
    },
    # The fastest turn over.
    inputs={"t": Interval(0, 3, below=False), "speed": Interval(-1.7, 1.7)},
    function=function,
  )


register(
  Generator(
    name="pendulum",
    family="differential_equations",
    source="the mathematical pendulum, damped",
    draw=_draw,
    streams=("heldout",),
  )
)
