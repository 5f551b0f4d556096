"""The greatest sum of elements so far, no two of them neighbours.

  elements  0.4  0.6  0.5     answers: 0.4, 0.6, 0.9

One answer for each node, which hears the one before it. Taking one has a drawn
cost, here 0, and elements a drawn distribution. Longer sequences allow greater
sums.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  cost = round(rng.uniform(0, 0.6), 1)
  exponent = float(rng.choice([0.3, 0.5, 1, 2, 3]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size)) ** exponent
    best = np.zeros((count, size + 2))  # Two empty sequences come first.
    for i in range(size):
      taken = best[:, i] + elements[:, i] - cost
      best[:, i + 2] = np.maximum(best[:, i + 1], taken)
    return elements[..., None], links_to_previous(count, size), best[:, 2:]

  return ReasoningTask(
    parameters={"cost": cost, "exponent": exponent},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="best_apart",
    family="reasoning",
    source="maximum-weight independent sets of paths, dynamic programming",
    draw=_draw,
    tags=("sequence", "nodes"),
  )
)
