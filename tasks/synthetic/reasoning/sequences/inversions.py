"""The share of the elements before each one that are larger than it.

  elements  0.9  0.4  0.7     answers: 0, 1, 0.5

One answer for each node, which hears all those before it: its inversions.
Elements follow a drawn trend, and count as larger by a drawn margin. Longer
sequences have finer shares.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_all_before
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  margin = int(rng.integers(-4, 5)) / 20
  trend = int(rng.integers(-2, 3)) / 20

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size)) + trend * np.arange(size)
    larger = elements[:, None] > elements[:, :, None] + margin
    larger &= np.tri(size, k=-1, dtype=bool)
    shares = larger.sum(axis=2) / np.maximum(np.arange(size), 1)
    return elements[..., None], links_to_all_before(count, size), shares

  return ReasoningTask(
    parameters={"margin": margin, "trend": trend}, generate=generate
  )


register(
  Generator(
    name="inversions",
    family="reasoning",
    source="the inversion table of a permutation",
    draw=_draw,
    tags=("sequence", "nodes"),
  )
)
