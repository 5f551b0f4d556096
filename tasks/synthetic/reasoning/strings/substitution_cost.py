"""The cost of turning a string into another one of its length.

  costs  a -> b 0.3, b -> a 0.5     strings  a a b, b a a     answer: 0.8

Every node knows a letter of each string; each substitution has its drawn cost.
Costs of longer strings exceed those seen in training.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, odds, one_hot
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  costs = rng.integers(1, 11, size=(3, 3)) / 10 * (1 - np.eye(3))
  chances = odds(rng, 3)

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    strings = rng.choice(3, size=(count, size, 2), p=chances)
    nodes = one_hot(strings, 3).reshape(count, size, 6)
    return nodes, None, costs[strings[..., 0], strings[..., 1]].sum(axis=1)

  return ReasoningTask(
    parameters={"costs": costs, "odds": chances}, generate=generate
  )


register(
  Generator(
    name="substitution_cost",
    family="reasoning",
    source="the Hamming distance, weighted",
    draw=_draw,
    tags=("string",),
  )
)
