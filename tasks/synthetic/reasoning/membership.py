"""Membership of a query in a set.

  elements  0.25  0.5  0.75   query  0.5      answer: yes

Held out. Elements and query are sixteenths, elements all different; every node
knows its element and the query, which is among the elements half of the time.
Larger sets hold more near misses.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register

GRID = 16


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  grid = np.tile(np.arange(GRID) / GRID, (count, 1))
  shuffled = rng.permuted(grid, axis=1)
  elements, stranger = shuffled[:, :size], shuffled[:, size]
  member = rng.integers(2, size=count)
  query = np.where(member, elements[:, 0], stranger)[:, None]
  nodes = np.stack(np.broadcast_arrays(elements, query), axis=-1)
  return nodes, None, member


register(
  ReasoningTask(
    name="reasoning_membership",
    family="reasoning",
    source="the membership query of sets",
    suites=("heldout@1",),
    generate=_generate,
    num_classes=2,
    tags=("set",),
  )
)
