"""A spectrum of two or three lines, each Runge's function at its place."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  num_lines = int(rng.integers(2, 4))
  centres = np.round(rng.uniform(-1.2, 1.2, num_lines), 1)
  widths = np.round(rng.uniform(0.3, 0.8, num_lines), 1)
  heights = np.round(rng.uniform(0.5, 1, num_lines), 1)
  heights *= rng.choice([-1, 1], num_lines)

  def function(x: np.ndarray) -> np.ndarray:
    distances = (x[:, None] - centres) / widths
    return np.asarray((heights / (1 + distances**2)).sum(axis=1))

  return RegressionTask(
    parameters={"centres": centres, "widths": widths, "heights": heights},
    inputs={"x": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="lorentzians",
    family="rationals",
    source="Lorentz's profiles of spectral lines; Runge's function",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
