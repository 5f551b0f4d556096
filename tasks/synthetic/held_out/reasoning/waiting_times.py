"""The time that each customer waits in a queue.

  service  3  1  2     gaps between arrivals  2  2     answers: 0, 1, 0

A node knows its service time and hears its predecessor over an edge with the
gap. The wait is max(0, that of the predecessor + its service - the gap)
(Lindley's recursion), so that long queues build up only in longer sequences.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  load = round(rng.uniform(0.7, 1.3), 1)
  least = round(rng.uniform(0, 0.8), 1)  # Gap, of 1 on average.

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    service = rng.uniform(0, 2 * load, (count, size))
    gaps = rng.uniform(least, 2 - least, (count, size))
    edges = np.full((count, size, size), np.nan)
    waits = np.zeros((count, size))
    for k in range(1, size):
      edges[:, k, k - 1] = gaps[:, k]
      left = waits[:, k - 1] + service[:, k - 1] - gaps[:, k]
      waits[:, k] = np.maximum(left, 0)
    return service[..., None], edges, waits

  return ReasoningTask(
    parameters={"load": load, "least": least},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="waiting_times",
    family="reasoning",
    source="Lindley's recursion for a single server",
    draw=_draw,
    streams=("heldout",),
    tags=("queue",),
  )
)
