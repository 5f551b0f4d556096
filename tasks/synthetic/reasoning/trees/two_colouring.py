"""The colour of each node of a tree when neighbours differ.

  tree  a(b(d), c)     colour of a  0     answers: 0, 1, 1, 0

One answer for each node, which hears its parent: parities of depths, but that
edges of a drawn share keep the colour. Larger trees are deeper.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_parents, parents
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  reach = int(rng.integers(1, 6))
  keeping = round(rng.uniform(0, 0.7), 1)

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    parent = parents(rng, count, size, reach)
    changes = rng.uniform(size=(count, size)) >= keeping
    colours = rng.integers(2, size=(count, size))
    nodes = np.zeros((count, size, 2))
    nodes[:, 0, 0] = 1
    nodes[:, 0, 1] = colours[:, 0]
    for node in range(1, size):
      above = colours[np.arange(count), parent[:, node]]
      colours[:, node] = above ^ changes[:, node]
    return nodes, links_to_parents(parent, changes.astype(float)), colours

  return ReasoningTask(
    parameters={"reach": reach, "keeping": keeping},
    generate=generate,
    num_classes=2,
    network=PROCESSOR,
  )


register(
  Generator(
    name="two_colouring",
    family="reasoning",
    source="colouring of bipartite graphs, parity along paths",
    draw=_draw,
    tags=("tree", "nodes"),
  )
)
