"""The depth of nested brackets at each place of a string.

  string  ( ( ) . ! (     answers: 1, 2, 1, 1, 0, 1

One answer for each node, which hears the one before it. A closing bracket
without an opening one is ignored, ! closes all, and letters have drawn odds.
Longer strings nest deeper.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous, odds, one_hot
from tasks.lab.reasoning import PROCESSOR, ReasoningTask
from tasks.lab.registry import register


# Of depth, by letter: one opens, one closes, one closes all, one does nothing.
STEPS = np.array([1, -1, -99, 0])


def _draw(rng: np.random.Generator) -> ReasoningTask:
  chances = odds(rng, 4)

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    letters = rng.choice(4, size=(count, size), p=chances)
    depth = STEPS[letters]
    depth[:, 0] = np.maximum(depth[:, 0], 0)
    for i in range(1, size):
      depth[:, i] = np.maximum(depth[:, i - 1] + depth[:, i], 0)
    return one_hot(letters, 4), links_to_previous(count, size), depth

  return ReasoningTask(
    parameters={"odds": chances}, generate=generate, learner=PROCESSOR
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
