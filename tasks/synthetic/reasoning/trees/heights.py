"""The heaviest path from each node down to a leaf.

  tree  a(b(d), c)     edges  a-b 0.3, a-c 0.8, b-d 0.4
  answers: 0.8, 0.4, 0, 0

One answer for each node, which hears its children. Reach and weights are drawn.
Larger trees are deeper.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_parents, parents
from tasks.lab.reasoning import PROCESSOR, ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  reach = int(rng.integers(1, 6))
  lightest = int(rng.integers(-5, 6)) / 10

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    parent = parents(rng, count, size, reach)
    weights = rng.uniform(lightest, 1, size=(count, size))
    heights = np.zeros((count, size))
    for node in reversed(range(1, size)):
      above = np.arange(count), parent[:, node]
      through = heights[:, node] + weights[:, node]
      heights[above] = np.maximum(heights[above], through)
    nodes = np.zeros((count, size, 1))
    nodes[:, 0] = 1
    return nodes, links_to_parents(parent, weights).transpose(0, 2, 1), heights

  return ReasoningTask(
    parameters={"reach": reach, "lightest": lightest},
    generate=generate,
    learner=PROCESSOR,
  )


register(
  Generator(
    name="heights",
    family="reasoning",
    source="weighted heights of a tree, from the leaves to the root",
    draw=_draw,
    tags=("tree", "nodes"),
  )
)
