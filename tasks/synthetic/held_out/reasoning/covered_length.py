"""The length that intervals cover together.

  intervals  0 to 2   1 to 4   6 to 7     answer: 5

A node knows both ends of its interval. More intervals cover more, and overlap
more.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  shortest = round(rng.uniform(0, 0.2), 2)
  longest = round(shortest + rng.uniform(0.05, 0.3), 2)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    begins = np.sort(rng.uniform(size=(count, size)), axis=1)
    ends = begins + rng.uniform(shortest, longest, (count, size))
    covered = np.maximum.accumulate(ends, axis=1)
    gaps = np.maximum(begins[:, 1:] - covered[:, :-1], 0).sum(axis=1)
    length = covered[:, -1] - begins[:, 0] - gaps
    return np.stack([begins, ends], axis=-1), None, length

  return ReasoningTask(
    parameters={"shortest": shortest, "longest": longest}, generate=generate
  )


register(
  Generator(
    name="covered_length",
    family="reasoning",
    source="Klee's measure problem on a line",
    draw=_draw,
    streams=("heldout",),
    tags=("scheduling",),
  )
)
