"""The total height of the elements that exceed both of their neighbours.

  elements  0.2  0.9  0.4  0.5     answer: 1.4

An element at an end has one neighbour. Heights are counted above a drawn level,
here 0, and elements have a drawn distribution. Longer sequences have more
peaks.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  level = round(rng.uniform(0, 0.6), 1)
  exponent = float(rng.choice([0.3, 0.5, 1, 2, 3]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size)) ** exponent
    around = np.pad(elements, ((0, 0), (1, 1)))
    other = np.maximum(around[:, :-2], around[:, 2:])
    heights = np.where(elements > other, np.maximum(elements - level, 0), 0)
    previous = links_to_previous(count, size)
    edges = np.fmax(previous, previous.transpose(0, 2, 1))
    return elements[..., None], edges, heights.sum(axis=1)

  return ReasoningTask(
    parameters={"level": level, "exponent": exponent}, generate=generate
  )


register(
  Generator(
    name="peaks",
    family="reasoning",
    source="local maxima of a sequence",
    draw=_draw,
    tags=("sequence",),
  )
)
