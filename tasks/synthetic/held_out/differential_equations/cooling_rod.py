"""The temperature along a cooling rod whose ends are kept at zero."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  amplitudes = np.round(rng.uniform(0.2, 1.5, 4), 1) * rng.choice([-1, 1], 4)
  diffusivity = int(rng.integers(1, 7)) / 100
  modes = np.pi * np.arange(1, 5)

  def function(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    decays = np.exp(-diffusivity * np.outer(t, modes**2))
    return np.asarray((np.sin(np.outer(x, modes)) * decays) @ amplitudes)

  return RegressionTask(
    parameters={"amplitudes": amplitudes, "diffusivity": diffusivity},
    inputs={"x": Interval(0.25, 0.75), "t": Interval(0, 1, below=False)},
    function=function,
  )


register(
  Generator(
    name="cooling_rod",
    family="differential_equations",
    source="Fourier's series for the heat equation",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
