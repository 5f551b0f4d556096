"""The symbol with the greatest total weight.

  symbols  a  b  a  c     weights  0.3  0.5  0.4  0.1     answer: a

Weights of each symbol are multiplied by its drawn factor, and the odds of
symbols make up for it. In larger sets totals grow and votes are closer.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, one_hot
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  num_symbols = int(rng.integers(2, 5))
  heaviest = rng.choice([0.25, 0.5, 1], size=num_symbols)
  heaviest[0] = 1
  chances = 1 / heaviest / (1 / heaviest).sum()  # Else one would always win.

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    symbols = rng.choice(num_symbols, size=(count, size), p=chances)
    weights = rng.uniform(size=(count, size, 1))
    votes = one_hot(symbols, num_symbols)
    totals = (votes * weights).sum(axis=1) * heaviest
    return np.concatenate([votes, weights], -1), None, totals.argmax(axis=1)

  return ReasoningTask(
    parameters={"heaviest": heaviest},
    generate=generate,
    num_classes=num_symbols,
  )


register(
  Generator(
    name="plurality",
    family="reasoning",
    source="plurality voting, weighted",
    draw=_draw,
    tags=("set",),
  )
)
