"""The total price of the runs of equal letters in a string.

  prices  a 0.5, b 1     string  a a b b a     answer: 2

Each node hears the one before it. Letters have drawn odds, and a run the drawn
price of its letter, whatever its length. Longer strings have more runs.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous, odds, one_hot
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  num_letters = int(rng.integers(2, 5))
  chances = odds(rng, num_letters)
  prices = rng.integers(1, 11, size=num_letters) / 10

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    letters = rng.choice(num_letters, size=(count, size), p=chances)
    begins = np.ones((count, size), bool)
    begins[:, 1:] = letters[:, 1:] != letters[:, :-1]
    nodes = one_hot(letters, num_letters)
    edges = links_to_previous(count, size)
    return nodes, edges, (begins * prices[letters]).sum(axis=1)

  return ReasoningTask(
    parameters={"odds": chances, "prices": prices}, generate=generate
  )


register(
  Generator(
    name="runs",
    family="reasoning",
    source="run-length encoding",
    draw=_draw,
    tags=("string",),
  )
)
