"""The number of visits at the busiest time.

  visits  0 to 2   1 to 4   3 to 5     answer: 2

A node knows when its visit begins and ends. More visits meet in larger
instances.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  shortest = int(rng.integers(1, 5)) / 20
  longest = shortest + int(rng.integers(2, 9)) / 20

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    begins = rng.uniform(size=(count, size))
    ends = begins + rng.uniform(shortest, longest, (count, size))
    # The number grows only when a visit begins.
    present = (begins[:, None] <= begins[..., None]) & (
      begins[..., None] < ends[:, None]
    )
    return (
      np.stack([begins, ends], axis=-1),
      None,
      present.sum(axis=2).max(axis=1),
    )

  return ReasoningTask(
    parameters={"shortest": shortest, "longest": longest}, generate=generate
  )


register(
  Generator(
    name="busiest_time",
    family="reasoning",
    source="the clique number of interval graphs",
    draw=_draw,
    streams=("heldout",),
    tags=("scheduling",),
  )
)
