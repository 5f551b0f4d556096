"""The weight of the minimum spanning tree of points in the plane.

  points  (0, 0)  (0, 0.5)  (1, 0)     answer: 1.5

Weights are distances in a drawn norm after a drawn stretch of the first axis;
each node hears all others with them. Trees of more points weigh more, by ever
less.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  norm = float(rng.choice([1, 2, np.inf]))
  stretch = float(rng.choice([0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.5, 2.5, 4]))
  power = int(rng.integers(1, 3))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    points = rng.uniform(size=(count, size, 2)) * [stretch, 1]
    apart = points[:, :, None] - points[:, None]
    weights = np.linalg.norm(apart, ord=norm, axis=-1) ** power
    return points, weights, _tree_weights(weights)

  return ReasoningTask(
    parameters={"norm": str(norm), "stretch": stretch, "power": power},
    generate=generate,
  )


def _tree_weights(weights: np.ndarray) -> np.ndarray:
  """Weights [count] of the trees that Prim's algorithm grows from node 0."""
  rows = np.arange(len(weights))
  outside = weights[:, 0].copy()  # The distance of each node to the tree.
  outside[:, 0] = np.inf
  total = np.zeros(len(weights))
  for _ in range(weights.shape[1] - 1):
    added = outside.argmin(axis=1)
    total += outside[rows, added]
    closer = np.minimum(outside, weights[rows, added])
    outside = np.where(np.isinf(outside), np.inf, closer)
    outside[rows, added] = np.inf
  return total


register(
  Generator(
    name="spanning_tree",
    family="reasoning",
    source="minimum spanning trees, Prim's algorithm",
    draw=_draw,
    tags=("graph",),
  )
)
