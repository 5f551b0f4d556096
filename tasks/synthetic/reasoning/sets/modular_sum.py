"""The sum of a set's digits, modulo a drawn number.

  modulus  3     digits  a 1, b 2, c 0     set  b c a a     answer: 1

Symbols stand for drawn digits, and most of them for 0, so that larger sets have
sums seen in training as well as new ones.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, one_hot
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  modulus = int(rng.integers(2, 5))
  digits = rng.integers(1, modulus, size=3)
  zeros = float(rng.choice([0.8, 0.85]))
  chances = [*3 * [(1 - zeros) / 3], zeros]

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    symbols = rng.choice(4, size=(count, size), p=chances)
    sums = np.append(digits, 0)[symbols].sum(axis=1)
    return one_hot(symbols, 4), None, sums % modulus

  return ReasoningTask(
    parameters={"modulus": modulus, "digits": digits, "zeros": zeros},
    generate=generate,
    num_classes=modulus,
  )


register(
  Generator(
    name="modular_sum",
    family="reasoning",
    source="modular arithmetic, as in arXiv 2207.02098, for sets",
    draw=_draw,
    tags=("set",),
  )
)
