"""A quantile of a set's elements.

  quantile  0.5     elements  0.2  0.9  0.4  0.5     answer: 0.45

Elements are powers of uniform ones, with a drawn exponent; between two elements
the quantile is interpolated. Larger sets place it among more elements.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  quantile = int(rng.integers(1, 10)) / 10
  exponent = float(rng.choice([0.5, 1, 1.5, 2]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    elements = rng.uniform(size=(count, size)) ** exponent
    answers = np.quantile(elements, quantile, axis=1)
    return elements[..., None], None, answers

  return ReasoningTask(
    parameters={"quantile": quantile, "exponent": exponent}, generate=generate
  )


register(
  Generator(
    name="order_statistic",
    family="reasoning",
    source="order statistics",
    draw=_draw,
    tags=("set",),
  )
)
