"""The value of the element nearest to a query.

  query  0.6     keys  0.2  0.5  0.9     values  0.3  0.8  0.1     answer: 0.8

Keys are points of the plane, the query is a drawn one, and distances are
measured after a drawn stretch of the first axis. In larger sets the nearest
element is closer, and more elements lie almost as close.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  stretch = float(rng.choice([0.25, 0.5, 1, 2, 4]))
  query = rng.integers(3, size=2) / 2

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    keys = rng.uniform(size=(count, size, 2))
    distances = np.hypot(*np.moveaxis((keys - query) * [stretch, 1], -1, 0))
    values = rng.uniform(size=(count, size))
    nodes = np.concatenate([keys, values[..., None]], axis=-1)
    return nodes, None, values[np.arange(count), distances.argmin(axis=1)]

  return ReasoningTask(
    parameters={"stretch": stretch, "query": query}, generate=generate
  )


register(
  Generator(
    name="nearest",
    family="reasoning",
    source="nearest-neighbour search",
    draw=_draw,
    tags=("set",),
  )
)
