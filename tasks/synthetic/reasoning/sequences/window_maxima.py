"""The sum of the largest elements of all windows of a drawn length.

  length  2     elements  0.2  0.9  0.4     answer: 0.2 + 0.9 + 0.9 = 2

A window ends at each place, and the first ones are shorter; each node hears
those before it in its window. Elements count above a drawn level. Longer
sequences have more windows.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  length = int(rng.integers(2, 5))
  level = int(rng.integers(5, 9)) / 10
  exponent = float(rng.choice([1, 2, 3]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size)) ** exponent
    lag = np.subtract.outer(np.arange(size), np.arange(size))
    in_window = (lag >= 0) & (lag < length)
    largest = np.where(in_window, elements[:, None], 0).max(axis=2)
    edges = np.where(in_window & (lag > 0), 0, np.nan)
    answers = np.maximum(largest - level, 0).sum(axis=1)
    return (
      elements[..., None],
      np.broadcast_to(edges, (count, *edges.shape)),
      answers,
    )

  return ReasoningTask(
    parameters={"length": length, "level": level, "exponent": exponent},
    generate=generate,
  )


register(
  Generator(
    name="window_maxima",
    family="reasoning",
    source="the sliding-window maximum",
    draw=_draw,
    tags=("sequence",),
  )
)
