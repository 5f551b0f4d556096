"""Are all elements of the list distinct?

  list  0.25  0.5  0.25       answer: no

Held out. Elements are multiples of 1/16 in [0, 1]; half of the lists hold one
of theirs twice. Larger lists hold more pairs to compare, and closer ones.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register

GRID = 16


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  grid = np.tile(np.arange(GRID + 1) / GRID, (count, 1))
  elements = rng.permuted(grid, axis=1)[:, :size]
  distinct = rng.integers(2, size=count)
  elements[:, 0] = np.where(distinct, elements[:, 0], elements[:, 1])
  return elements[..., None], None, distinct


register(
  ReasoningTask(
    name="reasoning_distinct",
    family="reasoning",
    source="the element distinctness problem",
    suites=("heldout@1",),
    generate=_generate,
    num_classes=2,
    tags=("set",),
  )
)
