"""Nodes at the greatest distance from a source: its eccentricity.

Breadth-first search (Moore, 1959) floods an undirected graph; the last nodes
that it reaches are the answer. On the dense graphs of CLRS-30 that takes two or
three steps, whatever the size; here graphs are long, and the number of steps
grows with that of nodes. SALSA-CLRS (arXiv 2309.12253) has eccentricity, too;
here the answer is the nodes, which dm-clrs scores in [0, 1].
"""

import numpy as np

from tasks.clrs30.own_algorithm import Instance, own_algorithm
from tasks.clrs30.registry import register
from tasks.clrs30.trace import Trace

_REACH = 3  # Of tests; the fewer, the longer is a graph.
_TRAINING = (1, 2, 3, 4, 6)


def _graph(rng: np.random.RandomState, n: int, reach: int) -> Instance:
  """A long graph, and a source in it.

  In some order, each node hangs on one of the `reach` nodes before it; one edge
  is missing on average, so that not all nodes are reached.

  Args:
    rng: draws the graph.
    n: number of nodes.
    reach: see above.

  Returns:
    Adjacency [n, n], and the number of the source.
  """
  node = np.arange(1, n)
  before = rng.randint(np.maximum(node - reach, 0), node)
  is_there = rng.uniform(size=n - 1) > 1 / n
  adjacent = np.zeros((n, n), bool)
  adjacent[node, before] = adjacent[before, node] = is_there
  order = rng.permutation(n)
  return adjacent[order][:, order], rng.randint(n)


def _draw(rng: np.random.RandomState, n: int) -> Instance:
  return _graph(rng, n, _REACH)


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
