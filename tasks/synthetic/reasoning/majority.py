"""Which symbol does the list hold most often?

  list  a  c  c  b  c  a      answer: c

Lists with a tie are not asked about. Larger lists hold counts never seen, with
margins that are small for their size.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register

NUM_SYMBOLS = 3


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  nodes = np.empty((0, size, NUM_SYMBOLS))
  while len(nodes) < count:
    drawn = np.eye(NUM_SYMBOLS)[
      rng.integers(NUM_SYMBOLS, size=(2 * count, size))
    ]
    ranked = np.sort(drawn.sum(axis=1), axis=1)
    nodes = np.concatenate([nodes, drawn[ranked[:, -1] > ranked[:, -2]]])
  nodes = nodes[:count]
  return nodes, None, nodes.sum(axis=1).argmax(axis=1)


register(
  ReasoningTask(
    name="reasoning_majority",
    family="reasoning",
    source="the plurality vote",
    suites=("lab@1",),
    generate=_generate,
    num_classes=NUM_SYMBOLS,
    tags=("set",),
  )
)
