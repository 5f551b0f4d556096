"""Nodes at the greatest distance from a source: its eccentricity.

Breadth-first search (Moore, 1959) floods an undirected graph; the last nodes
that it reaches are the answer. CLRS-30 asks breadth-first search for a tree,
which says little on distances. SALSA-CLRS (arXiv 2309.12253) has eccentricity,
too; here the answer is the nodes, which dm-clrs scores in [0, 1].
"""

import numpy as np

from tasks.clrs30.own_algorithm import Instance, own_algorithm
from tasks.clrs30.registry import register
from tasks.clrs30.trace import Trace

# Mean degrees over log(n), where graphs become connected and paths are long.
_TRAINING = (0.5, 0.75, 1.0, 1.5, 2.0)


def _graph(rng: np.random.RandomState, n: int, density: float) -> Instance:
  """Adjacency [n, n] of a random graph, and the source."""
  upper = np.triu(rng.uniform(size=(n, n)) < density * np.log(n) / n, 1)
  return upper | upper.T, rng.randint(n)


def _draw(rng: np.random.RandomState, n: int) -> Instance:
  return _graph(rng, n, 1.0)


def _draw_training(rng: np.random.RandomState, n: int) -> Instance:
  return _graph(rng, n, rng.choice(_TRAINING))


def _run(trace: Trace, adjacent: np.ndarray, source: int) -> None:
  trace.inputs(adj=adjacent, s=source)
  frontier = np.arange(len(adjacent)) == source
  reached = frontier
  trace.hints(reach_h=reached, frontier_h=frontier)
  while True:
    following = adjacent[frontier].any(0) & ~reached
    if not following.any():
      break
    frontier, reached = following, reached | following
    trace.hints(reach_h=reached, frontier_h=frontier)
  trace.outputs(farthest=frontier)


register(
  own_algorithm(
    name="eccentricity",
    spec={
      "s": ("input", "node", "mask_one"),
      "adj": ("input", "edge", "mask"),
      "reach_h": ("hint", "node", "mask"),
      "frontier_h": ("hint", "node", "mask"),
      "farthest": ("output", "node", "mask"),
    },
    draw=_draw,
    draw_training=_draw_training,
    run=_run,
  )
)
