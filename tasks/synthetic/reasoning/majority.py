"""The most frequent of four symbols in a list.

  list  0  2  2  1  2  0      answer: 2

Lists with a tie are not drawn. Larger lists hold counts never seen, with
margins that are small for their size.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register

NUM_SYMBOLS = 4


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  lists = np.empty((0, size), int)
  while len(lists) < count:
    drawn = rng.integers(NUM_SYMBOLS, size=(2 * count, size))
    ranked = np.sort(_counts(drawn), axis=1)
    lists = np.concatenate([lists, drawn[ranked[:, -1] > ranked[:, -2]]])
  lists = lists[:count]
  return lists[..., None], None, _counts(lists).argmax(axis=1)


def _counts(lists: np.ndarray) -> np.ndarray:
  """The frequencies [count, symbols] of symbols in lists [count, size]."""
  counts: np.ndarray = np.eye(NUM_SYMBOLS)[lists].sum(axis=1)
  return counts


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
