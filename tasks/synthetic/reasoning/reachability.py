"""Existence of a path between two nodes of a graph.

  edges  s-a  b-t             answer: no

Held out. Every pair of nodes is joined with probability 1.3 / n, and as many
graphs of each size answer yes as no. Larger graphs have longer paths.
"""

import numpy as np

from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _generate(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  quota = {False: count // 2, True: count - count // 2}
  kept = [_drawn(rng, quota[answer], size, answer) for answer in quota]
  joined = np.concatenate(kept)
  nodes = np.zeros((count, size, 2))
  nodes[:, 0, 0] = nodes[:, 1, 1] = 1
  return (
    nodes,
    np.where(joined, 1.0, np.nan),
    np.repeat(list(quota), list(quota.values())),
  )


def _drawn(
  rng: np.random.Generator, count: int, size: int, answer: bool
) -> np.ndarray:
  """Random graphs, bool [count, size, size], all with the same answer."""
  kept = np.empty((0, size, size), bool)
  while len(kept) < count:
    pairs = rng.uniform(size=(4 * count, size, size)) < 1.3 / size
    joined = np.triu(pairs, k=1)
    joined |= joined.transpose(0, 2, 1)
    kept = np.concatenate([kept, joined[_reaches(joined) == answer]])
  return kept[:count]


def _reaches(joined: np.ndarray) -> np.ndarray:
  """True [count] if node 0 reaches node 1, for graphs [count, size, size]."""
  reached = np.zeros(joined.shape[:2], bool)
  reached[:, 0] = True
  for _ in range(joined.shape[1] - 1):
    reached |= (reached[:, :, None] & joined).any(axis=1)
  return reached[:, 1]


register(
  ReasoningTask(
    name="reasoning_reachability",
    family="reasoning",
    source="undirected st-connectivity",
    suites=("heldout@1",),
    generate=_generate,
    num_classes=2,
    tags=("graph",),
  )
)
