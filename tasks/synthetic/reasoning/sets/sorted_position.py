"""The share of elements that each element is larger than.

  weights  1, 1     keys  (0.2, 0.1)  (0.9, 0)  (0.3, 0.1)
  sums  0.3  0.9  0.4     answers: 0, 1, 0.5

One answer for each node: its position in the order of a weighted sum of keys,
from 0 to 1. Larger sets have finer positions.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  weights = rng.choice([-2, -1, -0.5, 0.5, 1, 2], size=3)
  weights[0] = rng.choice([-1, 1])

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    keys = rng.uniform(size=(count, size, 3))
    sums = keys @ weights
    larger = (sums[:, :, None] > sums[:, None, :]).sum(axis=2)
    return keys, None, larger / (size - 1)

  return ReasoningTask(parameters={"weights": weights}, generate=generate)


register(
  Generator(
    name="sorted_position",
    family="reasoning",
    source="ranking, the positions that sorting gives",
    draw=_draw,
    tags=("set", "nodes"),
  )
)
