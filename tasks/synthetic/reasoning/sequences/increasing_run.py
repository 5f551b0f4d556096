"""The weight of the run of increasing elements that ends at each place.

  elements  0.2  0.4  0.7  0.3     weights: 1, 2, 3, 1

One answer for each node, which hears the one before it. A run goes on while
elements grow by more than a drawn threshold; each adds 1 and a drawn multiple
of itself, here 0. Longer sequences hold longer runs.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  threshold = int(rng.integers(-6, 1)) / 10
  slope = int(rng.integers(-2, 3)) / 2

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size))
    lengths = 1 + slope * elements
    for i in range(1, size):
      grows = elements[:, i] - elements[:, i - 1] > threshold
      lengths[:, i] += grows * lengths[:, i - 1]
    return elements[..., None], links_to_previous(count, size), lengths

  return ReasoningTask(
    parameters={"threshold": threshold, "slope": slope},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="increasing_run",
    family="reasoning",
    source="the longest increasing run, dynamic programming",
    draw=_draw,
    tags=("sequence", "nodes"),
  )
)
