"""The greatest number of seats that visits take at the same time.

  visits  0 to 2, 1 seat   1 to 4, 2 seats   3 to 5, 3 seats     answer: 5

A node knows when its visit begins and ends, and its seats, a drawn power of a
uniform number. More visits meet in larger instances.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  longest = int(rng.integers(1, 5)) / 5
  power = round(rng.uniform(0.3, 3), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    begins = rng.uniform(size=(count, size))
    ends = begins + rng.uniform(0, longest, (count, size))
    seats = rng.uniform(size=(count, size)) ** power
    # The load is greatest when a visit begins.
    has_begun = begins[:, None] <= begins[..., None]
    goes_on = begins[..., None] < ends[:, None]
    load = (has_begun & goes_on) @ seats[..., None]
    nodes = np.stack([begins, ends, seats], axis=-1)
    return nodes, None, load.max(axis=(1, 2))

  return ReasoningTask(
    parameters={"longest": longest, "power": power}, generate=generate
  )


register(
  Generator(
    name="peak_load",
    family="reasoning",
    source="cliques of interval graphs with weights",
    draw=_draw,
    streams=("heldout",),
    tags=("scheduling",),
  )
)
