"""The greatest delay of a job beyond its deadline, done by deadline.

  durations  2  3     deadlines  4  3     done at 5 and 3     answer: 1

One machine does the jobs in the order of their deadlines, which minimises the
greatest delay. More jobs are later.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  longest = round(rng.uniform(0.3, 0.8), 1)
  horizon = round(rng.uniform(1.5, 3), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    deadlines = np.sort(rng.uniform(0, horizon, (count, size)), axis=1)
    durations = rng.uniform(0, longest, (count, size))
    delays = durations.cumsum(axis=1) - deadlines
    nodes = np.stack([durations, deadlines], axis=-1)
    return nodes, None, delays.max(axis=1)

  return ReasoningTask(
    parameters={"longest": longest, "horizon": horizon}, generate=generate
  )


register(
  Generator(
    name="greatest_delay",
    family="reasoning",
    source="Jackson's rule of the earliest due date",
    draw=_draw,
    streams=("heldout",),
    tags=("scheduling",),
  )
)
