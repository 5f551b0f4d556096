"""The number of steps in a sequence that are larger than a threshold.

  threshold  0.3     elements  0.2  0.9  0.8  0.4     answer: 2

Steps up and steps down count as drawn. Longer sequences have more of them.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  threshold = int(rng.integers(3, 7)) / 10
  up = int(rng.integers(1, 5))
  down = int(rng.integers(-4, 5))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size))
    steps = np.diff(elements, axis=1)
    values = up * (steps > threshold) + down * (steps < -threshold)
    edges = links_to_previous(count, size)
    return elements[..., None], edges, values.sum(axis=1)

  return ReasoningTask(
    parameters={"threshold": threshold, "up": up, "down": down},
    generate=generate,
  )


register(
  Generator(
    name="jumps",
    family="reasoning",
    source="change points of a sequence",
    draw=_draw,
    tags=("sequence",),
  )
)
