"""What is the sum of the digits, modulo 3?

  digits  2  0  1  1          answer: 1

As parity, with three residues; after the modular arithmetic of arXiv
2207.02098.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register

MODULUS = 3


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  digits = rng.integers(MODULUS, size=(count, size))
  return np.eye(MODULUS)[digits], None, digits.sum(axis=1) % MODULUS


register(
  ReasoningTask(
    name="reasoning_modular_sum",
    family="reasoning",
    source="modular arithmetic, arXiv 2207.02098",
    suites=("lab@1",),
    generate=_generate,
    num_classes=MODULUS,
    tags=("set",),
  )
)
