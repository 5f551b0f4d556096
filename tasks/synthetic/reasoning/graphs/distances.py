"""Lengths of shortest paths from a source to every node of a weighted graph.

  weights  s-a 0.3   a-t 0.4   s-t 0.9     answers: 0, 0.3, 0.7

Each node is joined to one of the few before it, so that paths grow with the
graph, and to each of the others with a drawn probability. Answers come from
min-plus steps, d(v) <- min over u of d(u) + w(u, v), of which larger graphs
need more (Bellman-Ford).
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, as_edges, connected_graphs
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  extra = round(rng.uniform(0, 0.2), 2)
  lightest = round(rng.uniform(0, 0.8), 1)
  reach = int(rng.integers(1, 4))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    weights = connected_graphs(
      rng, count, size, extra=extra, reach=reach, lightest=lightest
    )
    nodes = np.zeros((count, size, 1))
    nodes[:, 0] = 1
    return nodes, as_edges(weights), _distances(weights)

  return ReasoningTask(
    parameters={"extra": extra, "lightest": lightest, "reach": reach},
    generate=generate,
    network=PROCESSOR,
  )


def _distances(weights: np.ndarray) -> np.ndarray:
  """Distances from node 0 to every node of graphs [count, size, size]."""
  distances = np.full(weights.shape[:2], np.inf)
  distances[:, 0] = 0
  for _ in range(weights.shape[1] - 1):
    through = distances[:, :, None] + weights
    distances = np.minimum(distances, through.min(axis=1))
  return distances


register(
  Generator(
    name="distances",
    family="reasoning",
    source="single-source shortest paths, Bellman-Ford",
    draw=_draw,
    tags=("graph", "nodes"),
  )
)
