"""Sums of a sequence so far, of which a drawn share is forgotten at each step.

  kept  0.5     elements  0.4  0.2  1     answers: 0.4, 0.4, 1.2

One answer for each node, which hears the one before it. The smallest element is
drawn. Longer sequences ask for longer sums.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  kept = round(rng.uniform(0.5, 1), 1)
  least = int(rng.integers(-10, 1)) / 10

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(least, 1, size=(count, size))
    sums = elements.copy()
    for i in range(1, size):
      sums[:, i] += kept * sums[:, i - 1]
    return elements[..., None], links_to_previous(count, size), sums

  return ReasoningTask(
    parameters={"kept": kept, "least": least},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="running_sum",
    family="reasoning",
    source="prefix sums, discounted",
    draw=_draw,
    tags=("sequence", "nodes"),
  )
)
