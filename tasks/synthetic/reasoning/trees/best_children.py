"""The sum of the values of each family's best child.

  tree  a(b(d), c)     values  a 0.3, b 0.2, c 0.5, d 0.9     answer: 1.4

A node hears its children, and counts the largest of their values less a drawn
amount, if any is left. Larger trees have more families.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_parents, parents
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  reach = int(rng.integers(2, 6))
  loss = int(rng.integers(2, 6)) / 10
  exponent = float(rng.choice([1, 2]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    parent = parents(rng, count, size, reach)
    values = rng.uniform(size=(count, size)) ** exponent
    edges = links_to_parents(parent, np.zeros_like(values)).transpose(0, 2, 1)
    of_children = np.where(np.isfinite(edges), values[:, None], 0)
    best = np.maximum(of_children.max(axis=2) - loss, 0)
    return values[..., None], edges, best.sum(axis=1)

  return ReasoningTask(
    parameters={"reach": reach, "loss": loss, "exponent": exponent},
    generate=generate,
  )


register(
  Generator(
    name="best_children",
    family="reasoning",
    source="selection among the children of each node of a tree",
    draw=_draw,
    tags=("tree",),
  )
)
