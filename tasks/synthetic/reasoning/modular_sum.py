"""The sum of digits, modulo 3.

  digits  2  0  1  1          answer: 1

Most digits are zeros, so that larger sets hold sums seen in training as well as
new ones. After the modular arithmetic of arXiv 2207.02098, for sets.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register

MODULUS = 3
ODDS = (0.6, 0.2, 0.2)  # Probability of each digit.


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  digits = rng.choice(MODULUS, size=(count, size), p=ODDS)
  residue = rng.integers(MODULUS, size=count)
  rest = digits[:, 1:].sum(axis=1)
  digits[:, 0] = (residue - rest) % MODULUS  # Fair at every size.
  return digits[..., None], None, residue


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
