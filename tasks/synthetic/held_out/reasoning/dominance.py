"""The margin by which another offer is better in both respects, of each node.

  offers  (0.1, 0.9)  (0.5, 0.5)  (0.3, 0.2)     answers: -0.4, -0.4, 0.2

An offer on the Pareto front has a negative margin: how far it is from leaving
it. Among more offers the front is further away. The second respect counts with
a drawn weight, and is correlated with the first.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  weight = round(rng.uniform(0.4, 2), 1)
  correlation = round(rng.uniform(-0.9, 0.5), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    first, other = rng.uniform(-1, 1, (2, count, size))
    second = correlation * first + (1 - abs(correlation)) * other
    offers = np.stack([first, second], axis=-1)
    better = (offers[:, None] - offers[:, :, None]) * [1, weight]
    margins = better.min(axis=-1)
    margins[:, np.arange(size), np.arange(size)] = -np.inf
    return offers, None, margins.max(axis=2)

  return ReasoningTask(
    parameters={"weight": weight, "correlation": correlation},
    generate=generate,
  )


register(
  Generator(
    name="dominance",
    family="reasoning",
    source="Pareto fronts, the additive epsilon indicator",
    draw=_draw,
    streams=("heldout",),
    tags=("geometry",),
  )
)
