"""The difference of the largest and the smallest element.

  elements  0.2  0.9  0.5     answer: 0.7

Held out. Larger sets fill more of the line.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  elements = rng.uniform(size=(count, size))
  return elements[..., None], None, np.ptp(elements, axis=1)


register(
  ReasoningTask(
    name="reasoning_range",
    family="reasoning",
    source="the range of a sample",
    suites=("heldout@1",),
    generate=_generate,
    tags=("set",),
  )
)
