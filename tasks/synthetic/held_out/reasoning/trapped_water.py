"""The water that a row of bars holds after rain.

  heights  2  1  3  0     walls at the ends  1     answer: 0 + 1 + 0 + 1 = 2

Water stands as high as the lower of the highest bars, or walls, to both sides.
A node knows its height and hears all others, over edges that say on which side
they are. Among more bars, deeper pools form.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  left, right = np.round(rng.uniform(0.3, 0.9, 2), 1)  # Heights of the walls.
  power = round(rng.uniform(0.5, 2.5), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    highest = rng.uniform(0.3, 1.5, (count, 1))
    heights = highest * rng.uniform(size=(count, size)) ** power
    from_left = np.maximum.accumulate(heights, axis=1)
    from_right = np.maximum.accumulate(heights[:, ::-1], axis=1)[:, ::-1]
    level = np.minimum(
      np.maximum(from_left, left), np.maximum(from_right, right)
    )
    places = np.arange(size)
    sides = np.sign(places - places[:, None]).astype(float)
    edges = np.broadcast_to(sides, (count, size, size))
    depths = np.maximum(level - heights, 0)
    return heights[..., None], edges, depths.sum(axis=1)

  return ReasoningTask(
    parameters={"left": left, "right": right, "power": power},
    generate=generate,
  )


register(
  Generator(
    name="trapped_water",
    family="reasoning",
    source="the trapped rain water puzzle",
    draw=_draw,
    streams=("heldout",),
    tags=("sequence",),
  )
)
