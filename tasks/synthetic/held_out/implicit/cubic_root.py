"""The real root of y**3 + p y = q, with p and q affine in the inputs."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.synthetic.held_out.implicit import bisection


def _draw(rng: np.random.Generator) -> RegressionTask:
  of_p, of_q = np.round(rng.uniform(0.1, 1, 2), 1)
  least = int(rng.integers(1, 5)) / 20
  offset = round(rng.uniform(-0.5, 0.5), 1)

  def function(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    p = least + of_p * y**2
    q = of_q * x + offset
    bound = 1 + np.abs(q)
    return bisection.root(lambda z: z**3 + p * z - q, -bound, bound)

  return RegressionTask(
    parameters={
      "of_p": of_p,
      "of_q": of_q,
      "least": least,
      "offset": offset,
    },
    inputs={"x": Interval(-1, 1), "y": Interval(-1, 1)},
    function=function,
  )


register(
  Generator(
    name="cubic_root",
    family="implicit",
    source="Cardano's depressed cubic",
    draw=_draw,
    streams=("heldout",),
  )
)
