"""The length of the path to the root, and the heaviest edge on it.

  tree  a(b(d), c)     edges  a-b 0.3, a-c 0.8, b-d 0.4
  lengths: 0, 0.3, 0.8, 0.7     heaviest: 0, 0.3, 0.8, 0.4

Two answers for each node, which hears its parent. Reach and weights are drawn.
Larger trees are deeper.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_parents, parents
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  reach = int(rng.integers(1, 6))
  exponent = float(rng.choice([0.3, 0.5, 1, 2]))
  lightest = int(rng.integers(-5, 6)) / 10

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    parent = parents(rng, count, size, reach)
    weights = lightest + rng.uniform(size=(count, size)) ** exponent
    length, heaviest = np.zeros((2, count, size))
    rows = np.arange(count)
    for node in range(1, size):
      above, weight = parent[:, node], weights[:, node]
      length[:, node] = length[rows, above] + weight
      heaviest[:, node] = np.maximum(heaviest[rows, above], weight)
    nodes = np.zeros((count, size, 1))
    nodes[:, 0] = 1
    edges = links_to_parents(parent, weights)
    return nodes, edges, np.stack([length, heaviest], axis=-1)

  return ReasoningTask(
    parameters={"reach": reach, "exponent": exponent, "lightest": lightest},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="root_path",
    family="reasoning",
    source="depths and bottlenecks of a tree, from the root to the leaves",
    draw=_draw,
    tags=("tree", "nodes"),
  )
)
