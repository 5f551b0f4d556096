"""The similarity of two fuzzy sets by Tversky's index.

  memberships  (1, 0.5)  (0, 0.5)     common 0.5, first alone 0.5, second 0.5
  with the drawn weights 1 and 1, Jaccard's:  0.5 / (0.5 + 0.5 + 0.5)

A node knows how much its element belongs to each of the sets, which have a
random part in common. Sums over larger sets must be divided alike.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  of_first, of_second = np.round(rng.uniform(0.1, 2, 2), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    alike = rng.uniform(size=(count, 1))
    shared, first, second = rng.uniform(size=(3, count, size))
    first, second = (alike * shared + (1 - alike) * x for x in (first, second))
    common = np.minimum(first, second).sum(axis=1)
    weighted = of_first * (first.sum(axis=1) - common)
    weighted += of_second * (second.sum(axis=1) - common)
    nodes = np.stack([first, second], axis=-1)
    return nodes, None, common / (common + weighted)

  return ReasoningTask(
    parameters={"of_first": of_first, "of_second": of_second},
    generate=generate,
  )


register(
  Generator(
    name="set_similarity",
    family="reasoning",
    source="Tversky's index; Jaccard's and Dice's are cases of it",
    draw=_draw,
    streams=("dev_heldout",),
    tags=("set",),
  )
)
