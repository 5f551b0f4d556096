"""The parity of the number of ones.

  bits  1  0  1  1            answer: odd

Ones are rarer than zeros, so that larger sets hold counts seen in training as
well as new ones. The size shift of parity in arXiv 2207.02098, for sets.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register

ONES = 0.3  # Probability of a one.


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  bits = (rng.uniform(size=(count, size)) < ONES).astype(int)
  odd = rng.integers(2, size=count)
  bits[:, 0] = (odd - bits[:, 1:].sum(axis=1)) % 2  # Fair at every size.
  return bits[..., None], None, odd


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
