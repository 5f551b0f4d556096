"""The smallest value in each node's connected component.

  edges  a-b, c-d     values  0.7  0.2  0.5  0.9     answers: 0.2 0.2 0.5 0.5

One answer for each node, the label that connected components get when labels
spread. The expected number of edges per node is drawn, the same for every size.
Larger graphs have larger components.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  degree = round(rng.uniform(0.8, 1.6), 1)
  exponent = float(rng.choice([0.3, 0.5, 1, 2]))
  sign = int(rng.choice([-1, 1]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    joined = rng.uniform(size=(count, size, size)) < degree / (size - 1)
    joined &= np.tri(size, k=-1, dtype=bool)
    joined |= joined.transpose(0, 2, 1)
    values = sign * rng.uniform(size=(count, size)) ** exponent
    least = values
    for _ in range(size - 1):
      heard = np.where(joined, least[:, None], np.inf).min(axis=2)
      least = np.minimum(least, heard)
    return values[..., None], np.where(joined, 0, np.nan), least

  return ReasoningTask(
    parameters={"degree": degree, "exponent": exponent, "sign": sign},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="component_minimum",
    family="reasoning",
    source="connected components by label propagation",
    draw=_draw,
    tags=("graph", "nodes"),
  )
)
