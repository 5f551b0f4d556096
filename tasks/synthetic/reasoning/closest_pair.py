"""The distance between the two closest points of a plane set.

  points  (0, 0)  (1, 1)  (1, 0.5)        answer: 0.5

Held out. Larger sets lie denser: answers shrink.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  points = rng.uniform(size=(count, size, 2))
  apart = np.linalg.norm(points[:, :, None] - points[:, None], axis=-1)
  apart[:, np.eye(size, dtype=bool)] = np.inf
  return points, None, apart.min(axis=(1, 2))


register(
  ReasoningTask(
    name="reasoning_closest_pair",
    family="reasoning",
    source="the closest-pair problem",
    suites=("heldout@1",),
    generate=_generate,
    tags=("set",),
  )
)
