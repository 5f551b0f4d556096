"""The largest value in the subtree below each node, itself included.

  tree  a(b(d), c)     values  a 0.3, b 0.2, c 0.5, d 0.9
  answers: 0.9, 0.9, 0.5, 0.9

One answer for each node, which hears its children; values lose a drawn amount
with each step up. Larger trees are deeper.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_parents, parents
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  reach = int(rng.integers(1, 5))
  loss = round(rng.uniform(0, 0.2), 2)
  exponent = float(rng.choice([1, 2, 4]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    parent = parents(rng, count, size, reach)
    values = rng.uniform(size=(count, size)) ** exponent
    largest = values.copy()
    for node in reversed(range(1, size)):
      above = np.arange(count), parent[:, node]
      largest[above] = np.maximum(largest[above], largest[:, node] - loss)
    edges = links_to_parents(parent, np.zeros_like(values))
    return values[..., None], edges.transpose(0, 2, 1), largest

  return ReasoningTask(
    parameters={"reach": reach, "loss": loss, "exponent": exponent},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="subtree_maximum",
    family="reasoning",
    source="subtree queries, from the leaves to the root",
    draw=_draw,
    tags=("tree", "nodes"),
  )
)
