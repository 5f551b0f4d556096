"""The number of elements that are smaller than a query.

  elements  0.2  0.9  0.5     query  0.6     answer: 2

Every node knows its element and the query. The answer grows with the set: ranks
beyond those seen in training must be counted, not recalled.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  elements = rng.uniform(size=(count, size))
  query = rng.uniform(size=(count, 1))
  nodes = np.stack(np.broadcast_arrays(elements, query), axis=-1)
  return nodes, None, (elements < query).sum(axis=1)


register(
  ReasoningTask(
    name="reasoning_rank",
    family="reasoning",
    source="the rank query of ordered sets",
    suites=("lab@1",),
    generate=_generate,
    tags=("set",),
  )
)
