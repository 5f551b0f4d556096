"""Modulated carriers, (1 + m sin(ax + p)) sin(bx + q).

The box holds 0.6 periods of the modulation and 0.5 to 0.9 of the carrier.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  depth = rng.choice([0.5, 1])
  slow = 0.6
  fast = rng.integers(5, 10) / 10
  # Other phases mirror the wave or turn its sign.
  phases = rng.integers([-2, 0], [3, 5]) / 10  # In turns.

  def function(x: np.ndarray) -> np.ndarray:
    envelope = 1 + depth * np.sin(np.pi * (slow * x + 2 * phases[0]))
    carrier = np.sin(np.pi * (fast * x + 2 * phases[1]))
    return np.asarray(envelope * carrier)

  return RegressionTask(
    parameters={"depth": depth, "fast": fast, "phases": phases},
    inputs={"x": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="modulated_wave",
    family="harmonics",
    source="amplitude modulation",
    draw=_draw,
  )
)
