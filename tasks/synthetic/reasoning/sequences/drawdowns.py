"""The sum of the amounts by which elements fall short of those before them.

  elements  0.9  0.4  0.7     answer: 0.5 + 0.2 = 0.7

Each node hears all those before it; it counts how far it lies below the largest
of them, less a drawn tolerance, if anything is left. A trend is drawn as well.
Longer sequences add up more, and compare with more elements.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_all_before
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  tolerance = int(rng.integers(3)) / 10
  trend = int(rng.integers(1, 5)) / 20
  exponent = float(rng.choice([0.5, 1, 2]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size)) ** exponent
    elements += trend * np.arange(size)
    largest = np.maximum.accumulate(elements, axis=1)
    short = np.maximum(largest - elements - tolerance, 0)
    edges = links_to_all_before(count, size)
    return elements[..., None], edges, short.sum(axis=1)

  return ReasoningTask(
    parameters={"tolerance": tolerance, "trend": trend, "exponent": exponent},
    generate=generate,
  )


register(
  Generator(
    name="drawdowns",
    family="reasoning",
    source="inversions of a sequence, the worst for each element",
    draw=_draw,
    tags=("sequence",),
  )
)
