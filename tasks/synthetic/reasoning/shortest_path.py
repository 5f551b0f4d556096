"""How long is the shortest path between two nodes of a weighted graph?

  weights  s-a 0.3   a-t 0.4   s-t 0.9     answer: 0.7

The graph is complete. The path through all nodes in their order is not: larger
graphs have more ways round, and answers come from more min-plus steps, d(v) <-
min over u of d(u) + w(u, v).
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  weights = np.triu(rng.uniform(0.1, 1, (count, size, size)), k=1)
  weights = weights + weights.transpose(0, 2, 1)
  distances = weights[:, 0]  # From node 0 to each; nodes come in no order.
  for _ in range(size - 2):
    through = distances[:, :, None] + weights
    distances = np.minimum(distances, through.min(axis=1))
  nodes = np.zeros((count, size, 2))
  nodes[:, 0, 0] = nodes[:, 1, 1] = 1
  return nodes, weights, distances[:, 1]


register(
  ReasoningTask(
    name="reasoning_shortest_path",
    family="reasoning",
    source="single-source shortest paths by min-plus steps (Bellman-Ford)",
    suites=("lab@1",),
    generate=_generate,
    tags=("graph",),
  )
)
