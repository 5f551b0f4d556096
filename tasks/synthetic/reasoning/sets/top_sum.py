"""The sum of the k largest elements of a set.

  k  2     elements  0.2  0.9  0.4     answer: 1.3

Elements are sums of two keys with drawn weights; a set of fewer than k has all
of them added. In larger sets a smaller share counts, further out.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  k = int(rng.integers(2, 5))
  angle = int(rng.integers(12)) * 30

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    keys = rng.uniform(size=(count, size, 2))
    sums = keys @ np.cos(np.radians([angle, angle - 90]))
    return keys, None, np.sort(sums, axis=1)[:, -k:].sum(axis=1)

  return ReasoningTask(parameters={"k": k, "angle": angle}, generate=generate)


register(
  Generator(
    name="top_sum",
    family="reasoning",
    source="top-k queries",
    draw=_draw,
    tags=("set",),
  )
)
