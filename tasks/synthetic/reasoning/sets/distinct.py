"""The total price of the different symbols in a set.

  prices  a 0.5, b 1, c 0.2     set  a c a a     answer: 0.7

A symbol counts once, however often it occurs. Larger sets hold more symbols at
once, and more repetitions.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, odds, one_hot
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  num_symbols = int(rng.integers(4, 7))
  prices = rng.integers(2, 11, size=num_symbols) / 10
  chances = odds(rng, num_symbols)

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    symbols = rng.choice(num_symbols, size=(count, size), p=chances)
    nodes = one_hot(symbols, num_symbols)
    return nodes, None, nodes.max(axis=1) @ prices

  return ReasoningTask(
    parameters={"prices": prices, "odds": chances}, generate=generate
  )


register(
  Generator(
    name="distinct",
    family="reasoning",
    source="the count-distinct problem, weighted",
    draw=_draw,
    tags=("set",),
  )
)
