"""A cubic over a positive quadratic, in one or two inputs."""

import itertools

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask


def _draw(rng: np.random.Generator) -> RegressionTask:
  num_inputs = int(rng.integers(1, 3))
  powers = [
    p
    for p in itertools.product(range(4), repeat=num_inputs)
    if 1 <= sum(p) <= 3
  ]
  above = np.round(rng.uniform(0.2, 1.5, len(powers)), 1)
  above *= rng.choice([-1, 1], len(powers))
  # Of squared distances from a drawn centre, so that there is no pole.
  below = np.round(rng.uniform(3, 10, num_inputs), 1)
  centre = np.round(rng.uniform(-0.6, 0.6, num_inputs), 1)

  def function(*inputs: np.ndarray) -> np.ndarray:
    point = np.stack(inputs, axis=-1)
    terms = np.stack([np.prod(point**p, axis=-1) for p in powers], axis=-1)
    return np.asarray(terms @ above / (1 + (point - centre) ** 2 @ below))

  return RegressionTask(
    parameters={"above": above, "below": below, "centre": centre},
    inputs={"xy"[i]: Interval(-1, 1) for i in range(num_inputs)},
    function=function,
  )


register(
  Generator(
    name="polynomial_quotient",
    family="rationals",
    source="random rational functions",
    draw=_draw,
    streams=("heldout",),
  )
)
