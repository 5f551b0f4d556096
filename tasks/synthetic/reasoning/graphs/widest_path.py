"""Widths of the widest paths from a source to every node of a graph.

  widths  s-a 0.8   a-t 0.5   s-t 0.3     answers: 1, 0.8, 0.5

A path is as wide as its narrowest edge, which is the lightest edge on the path
of the heaviest spanning tree. Graphs are drawn as for `distances`, widths with
a drawn exponent. Larger graphs have longer paths, with more ways around.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, as_edges, connected_graphs
from tasks.lab.reasoning import PROCESSOR, ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  extra = round(rng.uniform(0, 0.3), 1)
  reach = int(rng.integers(1, 4))
  exponent = float(rng.choice([0.3, 0.5, 1, 2]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    graphs = connected_graphs(
      rng, count, size, extra=extra, reach=reach, lightest=0
    )
    joined = np.isfinite(graphs)
    width = np.where(joined, graphs, 0) ** exponent
    widest = np.zeros((count, size))
    widest[:, 0] = 1
    for _ in range(size - 1):
      through = np.minimum(widest[:, :, None], width)
      widest = np.maximum(widest, through.max(axis=1))
    nodes = np.zeros((count, size, 1))
    nodes[:, 0] = 1
    return nodes, as_edges(np.where(joined, width, np.inf)), widest

  return ReasoningTask(
    parameters={"extra": extra, "reach": reach, "exponent": exponent},
    generate=generate,
    learner=PROCESSOR,
  )


register(
  Generator(
    name="widest_path",
    family="reasoning",
    source="the bottleneck path problem",
    draw=_draw,
    tags=("graph", "nodes"),
  )
)
