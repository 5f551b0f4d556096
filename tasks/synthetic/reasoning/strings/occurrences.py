"""The number of occurrences of a drawn pattern in a string.

  pattern  a?b     string  a b b a b     answer: 1

A pattern is two letters, next to each other or with any one between them. Each
node hears the one before it, and the odds of its letters are drawn. Longer
strings hold more occurrences than any seen in training.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous, one_hot
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  first, last = map(int, rng.integers(3, size=2))
  gap = int(rng.integers(1, 3))
  share = float(rng.choice([0.25, 0.35, 0.45]))  # Of each letter in it.
  in_pattern = np.isin(np.arange(3), [first, last])
  others = 3 - in_pattern.sum()
  chances = np.where(in_pattern, share, (1 - (3 - others) * share) / others)

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    letters = rng.choice(3, size=(count, size), p=chances)
    found = (letters[:, :-gap] == first) & (letters[:, gap:] == last)
    edges = links_to_previous(count, size)
    return one_hot(letters, 3), edges, found.sum(axis=1)

  return ReasoningTask(
    parameters={"first": first, "last": last, "gap": gap, "share": share},
    generate=generate,
  )


register(
  Generator(
    name="occurrences",
    family="reasoning",
    source="string matching",
    draw=_draw,
    tags=("string",),
  )
)
