"""Nodes that can be reached from sources along directed edges.

  edges  s -> a -> b, c -> a     answers: s, a, b yes; c no

One answer for each node. A node hears those from which an edge leads to it. The
frequencies of edges and of sources are drawn, the same for every size; paths
grow with the graph.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, local_digraphs
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  degree = int(rng.integers(8, 17)) / 10
  reach = int(rng.integers(2, 6))
  share_of_sources = float(rng.choice([0.2, 0.3]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    joined = local_digraphs(rng, count, size, degree=degree, reach=reach)
    source = rng.uniform(size=(count, size)) < share_of_sources
    reached = source
    for _ in range(size - 1):
      reached = reached | (joined & reached[:, None]).any(axis=2)
    return source[..., None], np.where(joined, 0, np.nan), reached

  return ReasoningTask(
    parameters={
      "degree": degree,
      "reach": reach,
      "share_of_sources": share_of_sources,
    },
    generate=generate,
    num_classes=2,
    network=PROCESSOR,
  )


register(
  Generator(
    name="reachable",
    family="reasoning",
    source="reachability, breadth-first search",
    draw=_draw,
    tags=("graph", "nodes"),
  )
)
