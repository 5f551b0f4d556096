"""Elements that another one exceeds in both keys.

  keys  (0.2, 0.9)  (0.1, 0.3)  (0.8, 0.1)     answers: no, yes, no

One answer for each node: is it off the Pareto front? Keys run against each
other in a drawn degree; the margins by which they must be exceeded are drawn,
as is the end that is preferred. In larger sets more elements may exceed one.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  step = int(rng.integers(4))
  spread = round(0.2 + 0.1 * step, 1)
  # Neither answer becomes rare, whatever the spread.
  shift = int(rng.integers(-2, 3)) / 10
  margins = np.round(0.1 * step + 0.03 + np.array([shift, -shift]), 2)
  sign = int(rng.choice([-1, 1]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    along = rng.uniform(size=(count, size))
    level = spread * rng.normal(size=(count, size))
    keys = np.stack([along + level, 1 - along + level], axis=-1)
    ahead = sign * (keys[:, None] - keys[:, :, None])
    exceeds = np.all(ahead > margins, axis=-1) & ~np.eye(size, dtype=bool)
    return keys, None, np.any(exceeds, axis=2)

  return ReasoningTask(
    parameters={"spread": spread, "margins": margins, "sign": sign},
    generate=generate,
    classes=2,
  )


register(
  Generator(
    name="dominated",
    family="reasoning",
    source="the Pareto front, the maxima of a point set",
    draw=_draw,
    tags=("set", "nodes"),
  )
)
