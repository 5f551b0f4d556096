"""The largest of the elements so far, which lose a drawn amount at each step.

  loss  0.2     elements  0.9  0.3  0.8     answers: 0.9, 0.7, 0.8

One answer for each node, which hears all those before it with their distance as
weight. Longer sequences have more elements to compare, from further back.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  loss = round(rng.uniform(0, 0.2), 2)
  exponent = float(rng.choice([0.5, 1, 2, 4]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size)) ** exponent
    largest = elements.copy()
    for i in range(1, size):
      largest[:, i] = np.maximum(elements[:, i], largest[:, i - 1] - loss)
    lag = np.subtract.outer(np.arange(size), np.arange(size))
    edges = np.broadcast_to(
      np.where(lag >= 0, lag, np.nan), (count, size, size)
    )
    return elements[..., None], edges, largest

  return ReasoningTask(
    parameters={"loss": loss, "exponent": exponent}, generate=generate
  )


register(
  Generator(
    name="running_maximum",
    family="reasoning",
    source="prefix maxima, with a decay",
    draw=_draw,
    tags=("sequence", "nodes"),
  )
)
