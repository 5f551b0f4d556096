"""The sum of the values at the leaves of a tree.

  tree  a(b(d), c)     values  a 0.3, b 0.2, c 0.5, d 0.9     answer: 1.4

A node hears its children, of which a leaf has none. Inner nodes count by a
drawn factor. Larger trees have more leaves.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_parents, parents
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  reach = int(rng.integers(2, 6))
  inner = int(rng.integers(-4, 4)) / 4
  exponent = float(rng.choice([0.5, 1, 2]))
  # Sums of values that are alike hardly vary in training, and grow out of it.
  if inner - exponent / 2 >= 0.25:
    exponent = 2.0

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    parent = parents(rng, count, size, reach)
    values = rng.uniform(size=(count, size)) ** exponent
    edges = links_to_parents(parent, np.zeros_like(values)).transpose(0, 2, 1)
    is_inner = np.isfinite(edges).any(axis=2)
    counted = np.where(is_inner, inner * values, values)
    return values[..., None], edges, counted.sum(axis=1)

  return ReasoningTask(
    parameters={"reach": reach, "inner": inner, "exponent": exponent},
    generate=generate,
  )


register(
  Generator(
    name="leaf_sum",
    family="reasoning",
    source="leaves of a tree",
    draw=_draw,
    tags=("tree",),
  )
)
