"""Is the number of ones even or odd?

  bits  1  0  1  1            answer: odd

The shift in size is that of parity in arXiv 2207.02098: a network that learnt
the counts one by one meets counts it has never seen.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  bits = rng.integers(2, size=(count, size))
  return bits[..., None], None, bits.sum(axis=1) % 2


register(
  ReasoningTask(
    name="reasoning_parity",
    family="reasoning",
    source="parity check, arXiv 2207.02098",
    suites=("lab@1",),
    generate=_generate,
    num_classes=2,
    tags=("set",),
  )
)
