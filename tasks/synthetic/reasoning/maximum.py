"""Which mark does the largest element carry?

  value  0.2  0.9  0.5        answer: b
  mark    a    b    a

Larger sets bring the two largest values closer. The set maximum in the form of
arXiv 2410.01104, where it shows how sharp choices blur with size.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register

NUM_MARKS = 3


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  values = rng.uniform(size=(count, size))
  marks = rng.integers(NUM_MARKS, size=(count, size))
  nodes = np.concatenate([values[..., None], np.eye(NUM_MARKS)[marks]], axis=-1)
  largest = values.argmax(axis=1)
  return nodes, None, marks[np.arange(count), largest]


register(
  ReasoningTask(
    name="reasoning_maximum",
    family="reasoning",
    source="maximum retrieval, arXiv 2410.01104",
    suites=("lab@1",),
    generate=_generate,
    num_classes=NUM_MARKS,
    tags=("set",),
  )
)
