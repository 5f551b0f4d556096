"""The sum of velocities in relativity, as seen from a moving frame.

(u + v) / (1 + u v), with the speed of light 1, is a Moebius map in each.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  frame = int(rng.choice([-1, 1])) * int(rng.integers(10, 18)) / 20
  shares = rng.integers(10, 15, 2) / 20

  def function(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    both = _added(shares[0] * u, shares[1] * v)
    return _added(both, np.asarray(frame))

  return RegressionTask(
    parameters={"frame": frame, "shares": shares},
    # Of light, 0.7 * 1.36 at most: no pole is near.
    inputs={"u": Interval(-0.75, 0.75), "v": Interval(-0.75, 0.75)},
    function=function,
  )


def _added(u: np.ndarray, v: np.ndarray) -> np.ndarray:
  return np.asarray((u + v) / (1 + u * v))


register(
  Generator(
    name="velocity_addition",
    family="rationals",
    source="the addition of velocities in special relativity",
    draw=_draw,
    streams=("dev_heldout",),
  )
)
