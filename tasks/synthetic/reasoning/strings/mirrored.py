"""The price of the letters of a string that differ from their mirror image.

  string  a b b a a     answer: 2 at a price of 1

Each node hears its mirror image; a palindrome has 0. Each pair of different
letters has its drawn price, and letters have drawn odds. Longer strings have
more of them.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, odds, one_hot
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  chances = odds(rng, 3)
  prices = rng.integers(1, 11, size=(3, 3)) / 10 * (1 - np.eye(3))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    letters = rng.choice(3, size=(count, size), p=chances)
    edges = np.full((count, size, size), np.nan)
    edges[:, np.arange(size), np.arange(size)[::-1]] = 0
    answers = prices[letters, letters[:, ::-1]].sum(axis=1)
    return one_hot(letters, 3), edges, answers

  return ReasoningTask(
    parameters={"odds": chances, "prices": prices}, generate=generate
  )


register(
  Generator(
    name="mirrored",
    family="reasoning",
    source="palindromes, by mismatches",
    draw=_draw,
    tags=("string",),
  )
)
