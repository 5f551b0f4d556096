"""The greatest value that fits into a knapsack when items may be divided.

  capacity  0.5     values  0.6  0.2     sizes  0.4  0.2     answer: 0.7

Items are taken in the order of value per size, the last one in part. In larger
sets the best items alone fill the knapsack. The capacity is drawn.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  capacity = round(rng.uniform(0.4, 2), 1)
  smallest = round(rng.uniform(0.1, 0.5), 1)

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    sizes = rng.uniform(smallest, 1, size=(count, size))
    values = rng.uniform(size=(count, size))
    order = np.argsort(-values / sizes, axis=1)
    ordered = np.take_along_axis(sizes, order, axis=1)
    before = np.cumsum(ordered, axis=1) - ordered
    taken = np.clip((capacity - before) / ordered, 0, 1)
    best = (taken * np.take_along_axis(values, order, axis=1)).sum(axis=1)
    return np.stack([values, sizes], axis=-1), None, best

  return ReasoningTask(
    parameters={"capacity": capacity, "smallest": smallest}, generate=generate
  )


register(
  Generator(
    name="knapsack",
    family="reasoning",
    source="the continuous knapsack problem (Dantzig 1957)",
    draw=_draw,
    tags=("set",),
  )
)
