"""The area of a polygon around the origin, from its corners in their order.

  corners  (1, 0)  (0, 1)  (-1, 0)     answer: 1

A node knows its corner and hears the next one; a larger polygon has more of
the triangles that make up its area.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.sample import Band


def _draw(rng: np.random.Generator) -> ReasoningTask:
  nearest = round(rng.uniform(0, 0.7), 1)
  stretch = round(rng.uniform(1, 2.5), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    angles = np.sort(rng.uniform(0, 2 * np.pi, (count, size)), axis=1)
    radii = rng.uniform(nearest, 1, (count, size))
    x, y = stretch * radii * np.cos(angles), radii * np.sin(angles)
    following = np.roll(np.arange(size), -1)
    edges = np.full((count, size, size), np.nan)
    edges[:, np.arange(size), following] = 0
    twice = (x * y[:, following] - y * x[:, following]).sum(axis=1)
    return np.stack([x, y], axis=-1), edges, np.abs(twice) / 2

  return ReasoningTask(
    parameters={"nearest": nearest, "stretch": stretch},
    generate=generate,
    sizes={Band.ID: (3, 4), Band.NEAR: (8,), Band.FAR: (16,)},
  )


register(
  Generator(
    name="polygon_area",
    family="reasoning",
    source="the shoelace formula of Gauss",
    draw=_draw,
    streams=("dev_heldout",),
    tags=("geometry",),
  )
)
