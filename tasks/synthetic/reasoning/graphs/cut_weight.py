"""The total weight of the edges between two parts of a graph.

  edges  a-b 0.3, b-c 0.5     parts  0 0 1     answer: 0.5

Every node has one edge, to a node before it, and hears along that edge; inner
edges count by a drawn factor. Larger graphs have more edges to cut.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_parents, parents
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  inner = int(rng.integers(-4, 2)) / 4
  share = round(rng.uniform(0.3, 0.7), 1)
  reach = int(rng.integers(1, 4))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    parent = parents(rng, count, size, reach)
    weights = rng.uniform(size=(count, size))
    parts = rng.uniform(size=(count, size)) < share
    is_cut = parts != np.take_along_axis(parts, parent, axis=1)
    counted = np.where(is_cut, weights, inner * weights)[:, 1:]
    edges = links_to_parents(parent, weights)
    return parts[..., None], edges, counted.sum(axis=1)

  return ReasoningTask(
    parameters={"inner": inner, "share": share, "reach": reach},
    generate=generate,
  )


register(
  Generator(
    name="cut_weight",
    family="reasoning",
    source="the weight of a cut",
    draw=_draw,
    tags=("graph",),
  )
)
