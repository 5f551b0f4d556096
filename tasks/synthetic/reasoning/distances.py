"""Lengths of shortest paths from a source to every node of a weighted graph.

  weights  s-a 0.3   a-t 0.4   s-t 0.9     answers: 0, 0.3, 0.7

Each node is joined to one of those before it, so that paths grow with the
graph, and to each of the others with a drawn probability. Answers come from
min-plus steps, d(v) <- min over u of d(u) + w(u, v), of which larger graphs
need more (Bellman-Ford).
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import PROCESSOR, ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  extra = round(rng.uniform(0, 0.4), 2)
  lightest = round(rng.uniform(0.05, 0.8), 2)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    joined = rng.uniform(size=(count, size, size)) < extra
    for node in range(1, size):
      joined[np.arange(count), node, rng.integers(node, size=count)] = True
    weights = np.where(joined, rng.uniform(lightest, 1, joined.shape), np.inf)
    weights[:, ~np.tri(size, k=-1, dtype=bool)] = np.inf
    weights = np.minimum(weights, weights.transpose(0, 2, 1))
    nodes = np.zeros((count, size, 1))
    nodes[:, 0] = 1
    edges = np.where(np.isfinite(weights), weights, np.nan)
    return nodes, edges, _distances(weights)

  return ReasoningTask(
    parameters={"extra": extra, "lightest": lightest},
    generate=generate,
    learner=PROCESSOR,
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
    tags=("graph",),
  )
)
