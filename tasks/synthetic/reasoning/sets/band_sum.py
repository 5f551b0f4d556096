"""The sum of a power of the elements that lie between two thresholds.

  thresholds  0.3, 0.8     power  1     elements  0.2  0.9  0.5  0.4
  answer: 0.9

A power of 0 counts them. Sums of larger sets exceed those seen in training.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  low = round(rng.uniform(0.1, 0.6), 1)
  high = round(low + rng.uniform(0.2, 0.4), 1)
  power = int(rng.integers(3))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size))
    counts = (elements > low) & (elements < high)
    return elements[..., None], None, (counts * elements**power).sum(axis=1)

  return ReasoningTask(
    parameters={"low": low, "high": high, "power": power}, generate=generate
  )


register(
  Generator(
    name="band_sum",
    family="reasoning",
    source="range queries that count or add",
    draw=_draw,
    tags=("set",),
  )
)
