"""The height of the shadow on every post of a row.

  heights  3  1  2  0     the sun from the left, fall 1     answers: 0, 1, 0, 1

A shadow falls by a drawn amount from post to post. A node knows its height and
hears those before it, over edges with their distance. In longer rows there are
more posts that could throw it.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  fall = int(rng.integers(1, 9)) / 20
  power = int(rng.integers(2, 13)) / 4

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    heights = rng.uniform(size=(count, size)) ** power
    places = np.arange(size)
    distances = (places[:, None] - places).astype(float)
    distances[distances < 0] = np.nan
    light = (heights[:, None] - fall * distances).copy()
    highest = np.nanmax(light, axis=2)
    edges = np.broadcast_to(distances, (count, size, size))
    return heights[..., None], edges, highest - heights

  return ReasoningTask(
    parameters={"fall": fall, "power": power}, generate=generate
  )


register(
  Generator(
    name="shadows",
    family="reasoning",
    source="lines of sight over terrain",
    draw=_draw,
    streams=("heldout",),
    tags=("sequence",),
  )
)
