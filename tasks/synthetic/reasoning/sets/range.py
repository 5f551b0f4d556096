"""A combination of the largest and the smallest element of a set.

  factors  1, -1     elements  0.2  0.9  0.4     answer: 0.7

Elements are sums of two keys with drawn weights. Both extremes lie further out
in larger sets than any seen in training.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  angle = int(rng.integers(12)) * 15
  of_smallest = int(rng.integers(-4, 5)) / 4

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    keys = rng.normal(size=(count, size, 2))
    sums = keys @ np.cos(np.radians([angle, angle - 90]))
    return keys, None, sums.max(axis=1) + of_smallest * sums.min(axis=1)

  return ReasoningTask(
    parameters={"angle": angle, "of_smallest": of_smallest}, generate=generate
  )


register(
  Generator(
    name="range",
    family="reasoning",
    source="the range of a sample, along a direction",
    draw=_draw,
    tags=("set",),
  )
)
