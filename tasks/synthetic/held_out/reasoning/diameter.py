"""The diameter of a set of points: the distance of the two furthest apart.

  points  (0, 0)  (1, 0)  (4, 3)     answer: 5

Distances are p-norms of drawn p. Points are normal, so that larger sets reach
further.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  power = float(rng.choice([1, 1.5, 2, 3, 6]))
  stretch = round(rng.uniform(1, 2), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    points = rng.normal(size=(count, size, 2)) * [stretch, 1]
    apart = np.abs(points[:, :, None] - points[:, None])
    distances = (apart**power).sum(axis=-1) ** (1 / power)
    return points, None, distances.max(axis=(1, 2))

  return ReasoningTask(
    parameters={"power": power, "stretch": stretch}, generate=generate
  )


register(
  Generator(
    name="diameter",
    family="reasoning",
    source="the diameter of a point set, computational geometry",
    draw=_draw,
    streams=("dev_heldout",),
    tags=("geometry",),
  )
)
