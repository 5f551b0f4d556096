"""The mark of the largest element.

  value  -2.1  -0.1  -0.7     answer: b
  mark     a     b     a

Values crowd below 0: larger sets bring the two largest closer. The set maximum
in the form of arXiv 2410.01104, where it shows how sharp choices blur with
size.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register

NUM_MARKS = 3


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  values = -rng.exponential(size=(count, size))
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
