"""Nodes of a directed graph from which a walk can go on for ever.

  edges  a -> b -> c -> b, c -> d     answers: a, b, c yes; d no

One answer for each node: does a path lead from it to a cycle? A node hears
those to which it has an edge; nodes without one are peeled off, again and
again. The frequency of edges is drawn, the same for every size. In larger
graphs paths and cycles are longer.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, local_digraphs
from tasks.lab.reasoning import PROCESSOR, ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  degree = int(rng.integers(11, 17)) / 10
  reach = int(rng.integers(2, 8))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    joined = local_digraphs(rng, count, size, degree=degree, reach=reach)
    kept = np.ones((count, size), bool)
    for _ in range(size):
      kept = np.any(joined & kept[:, None], axis=2)
    nodes = rng.uniform(size=(count, size, 1))
    return nodes, np.where(joined, 0, np.nan), kept

  return ReasoningTask(
    parameters={"degree": degree, "reach": reach},
    generate=generate,
    classes=2,
    learner=PROCESSOR,
  )


register(
  Generator(
    name="leads_to_cycle",
    family="reasoning",
    source="cycle detection by topological sorting (Kahn 1962)",
    draw=_draw,
    tags=("graph", "nodes"),
  )
)
