"""The depth of nested brackets at each place of a string.

  string  ( ( ) . ! (     answers: 1, 2, 1, 1, 0, 1

One answer for each node, which hears the one before it. A closing bracket
without an opening one is ignored, and ! closes all. Letters have drawn odds,
and brackets drawn steps, which need not be equal. Longer strings nest deeper.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous, one_hot
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR

# Depth that an opening bracket adds, and that a closing one takes away.
STEPS = ((1, 1), (1, 2), (2, 1), (3, 1), (2, 3), (3, 2))
# Odds of the letters ( ) ! and any other.
TENTHS = ((3, 3, 1, 3), (4, 2, 1, 3), (5, 3, 1, 1), (6, 2, 1, 1), (2, 2, 1, 5))


def _draw(rng: np.random.Generator) -> ReasoningTask:
  opens, closes = map(int, rng.choice(STEPS))
  tenths = rng.choice(TENTHS)
  steps = np.array([opens, -closes, -np.inf, 0])

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    letters = rng.choice(4, size=(count, size), p=tenths / 10)
    depth = steps[letters]
    depth[:, 0] = np.maximum(depth[:, 0], 0)
    for i in range(1, size):
      depth[:, i] = np.maximum(depth[:, i - 1] + depth[:, i], 0)
    return one_hot(letters, 4), links_to_previous(count, size), depth

  return ReasoningTask(
    parameters={"opens": opens, "closes": closes, "tenths": tenths},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="bracket_depth",
    family="reasoning",
    source="the Dyck language, with a counter",
    draw=_draw,
    tags=("string", "nodes"),
  )
)
