"""The total value of the nodes without a marked neighbour.

  edges  a-b, b-c     marked  a     values  0.9  0.1  0.4     answer: 1.3

A marked node may be uncovered itself. The share of marked nodes and the
frequency of edges are drawn, the same for every size. Totals of larger graphs
exceed those seen in training.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, local_digraphs
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  degree = int(rng.integers(5, 17)) / 10
  reach = int(rng.integers(1, 5))
  marked = int(rng.integers(3, 8)) / 10

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    joined = local_digraphs(rng, count, size, degree=degree, reach=reach)
    joined |= joined.transpose(0, 2, 1)
    marks = rng.uniform(size=(count, size)) < marked
    values = rng.uniform(size=(count, size))
    is_covered = (joined & marks[:, None]).any(axis=2)
    nodes = np.stack([marks, values], axis=-1)
    edges = np.where(joined, 0, np.nan)
    return nodes, edges, (values * ~is_covered).sum(axis=1)

  return ReasoningTask(
    parameters={"degree": degree, "reach": reach, "marked": marked},
    generate=generate,
  )


register(
  Generator(
    name="uncovered",
    family="reasoning",
    source="dominating sets",
    draw=_draw,
    tags=("graph",),
  )
)
