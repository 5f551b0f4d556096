"""The cost of a round trip through points of the plane, in their order.

  points  (0, 0)  (0, 1)  (1, 1)     prices  0.5  1  0     answer: 1.7

The leg to a point costs its length times the price of the point. Each node
hears the one before it, and the first one the last. Lengths are measured in a
drawn norm after a drawn stretch of the first axis. Trips through more points
cost more.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_previous
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  norm = float(rng.choice([1, 2, np.inf]))
  stretch = float(rng.choice([0.2, 0.35, 0.5, 0.7, 1, 1.5, 2, 2.8, 4, 5]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    points = rng.uniform(size=(count, size, 2))
    steps = (points - np.roll(points, 1, axis=1)) * [stretch, 1]
    lengths = np.linalg.norm(steps, ord=norm, axis=-1)
    edges = links_to_previous(count, size)
    edges[:, 0, -1] = 0
    prices = rng.uniform(size=(count, size))
    nodes = np.concatenate([points, prices[..., None]], axis=-1)
    return nodes, edges, (prices * lengths).sum(axis=1)

  return ReasoningTask(
    parameters={"norm": str(norm), "stretch": stretch}, generate=generate
  )


register(
  Generator(
    name="round_trip",
    family="reasoning",
    source="the length of a closed polygonal chain",
    draw=_draw,
    tags=("sequence",),
  )
)
