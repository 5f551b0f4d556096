"""The number of elements below a query.

  elements  0.2  0.9  0.5     query  0.6     answer: 2

Every node knows its element and the query, which lies in a drawn interval.
Larger sets have greater answers: ranks beyond those seen in training must be
counted, not recalled.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  width = float(rng.choice([0.2, 0.4, 0.6]))
  low = int(rng.integers(round((0.9 - width) * 20) + 1)) / 20

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size))
    query = rng.uniform(low, low + width, size=(count, 1))
    nodes = np.stack(np.broadcast_arrays(elements, query), axis=-1)
    return nodes, None, (elements < query).sum(axis=1)

  return ReasoningTask(
    parameters={"low": low, "width": width}, generate=generate
  )


register(
  Generator(
    name="rank",
    family="reasoning",
    source="the rank query of ordered sets",
    draw=_draw,
    tags=("set",),
  )
)
