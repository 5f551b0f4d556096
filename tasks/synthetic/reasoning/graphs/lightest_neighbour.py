"""The value of the neighbour that each node is joined to by its lightest edge.

  edges  a-b 0.2, b-c 0.3     values  0.9  0.1  0.4     answers: 0.1, 0.9, 0.1

One answer for each node. Frequency and weights of edges are drawn. Nodes of
larger graphs have more neighbours, whose edges are closer to each other.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, as_edges, connected_graphs
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  extra = round(rng.uniform(0, 0.5), 1)
  reach = int(rng.integers(1, 4))
  exponent = float(rng.choice([0.5, 1, 2]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    weights = connected_graphs(
      rng, count, size, extra=extra, reach=reach, lightest=0
    )
    values = rng.uniform(size=(count, size)) ** exponent
    lightest = weights.argmin(axis=2)
    answers = np.take_along_axis(values, lightest, axis=1)
    return values[..., None], as_edges(weights), answers

  return ReasoningTask(
    parameters={"extra": extra, "reach": reach, "exponent": exponent},
    generate=generate,
  )


register(
  Generator(
    name="lightest_neighbour",
    family="reasoning",
    source="nearest neighbours in a weighted graph",
    draw=_draw,
    tags=("graph", "nodes"),
  )
)
