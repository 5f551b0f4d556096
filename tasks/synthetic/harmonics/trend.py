"""Waves on a trend, ax + bx^2 + sin(cx + p), in one or two inputs.

With two, the trend is in the one and the wave in the other. Functions of the
kind by which snake (arXiv 2006.08195) shows what it extrapolates. The box holds
0.6 to 1 periods.
"""

import numpy as np

from tasks.lab.bounded import bounded
from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


@bounded
def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(1, 3))
  # Other signs and phases mirror the function or turn its sign.
  trend = rng.choice([0.4, 1.2], 2)
  periods = rng.choice([0.6, 0.8, 1])
  phase = rng.integers(-2, 3) / 10  # In turns.

  def function(*inputs: np.ndarray) -> np.ndarray:
    x, y = inputs if num_inputs == 2 else inputs * 2
    wave = np.sin(np.pi * (periods * y + 2 * phase))
    return np.asarray(trend[0] * x + trend[1] * x**2 + wave)

  return RegressionTask(
    parameters={
      "trend": trend,
      "periods": periods,
      "phase": phase,
      "inputs": num_inputs,
    },
    inputs={"xy"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


register(
  Generator(
    name="wave_on_trend",
    family="harmonics",
    source="after arXiv 2006.08195",
    draw=_draw,
  )
)
