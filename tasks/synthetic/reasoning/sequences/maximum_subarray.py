"""The greatest sum of neighbouring elements, up to each place.

  elements  0.4  -0.6  0.5  0.3
  ending here: 0.4, -0.2, 0.5, 0.8     so far: 0.4, 0.4, 0.5, 0.8

Two answers for each node, which hears the one before it, as Kadane's algorithm
finds them. Elements have a drawn mean and spread. Longer sequences hold longer
stretches.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  mean = int(rng.integers(-4, 2)) / 10
  spread = round(rng.uniform(0.3, 1), 1)

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.normal(mean, spread, size=(count, size))
    ending, best = elements.copy(), elements.copy()
    for i in range(1, size):
      ending[:, i] += np.maximum(ending[:, i - 1], 0)
      best[:, i] = np.maximum(best[:, i - 1], ending[:, i])
    edges = links_to_previous(count, size)
    return elements[..., None], edges, np.stack([ending, best], axis=-1)

  return ReasoningTask(
    parameters={"mean": mean, "spread": spread},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="maximum_subarray",
    family="reasoning",
    source="the maximum subarray problem, Kadane's algorithm",
    draw=_draw,
    tags=("sequence", "nodes"),
  )
)
