"""The lead of the winner of an election among three, over the second.

  points for places  1, s, 0     with s = 0.4
  voters  abc (weight 2)  bca (weight 1)     points 2, 1.8, 0.4     answer: 0.2

A node knows the place of every candidate on its ballot, and its weight. In
larger electorates the sums grow faster than the lead.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  of_second = round(rng.uniform(0, 1), 1)
  lightest = round(rng.uniform(0, 0.9), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    places = rng.uniform(size=(count, size, 3)).argsort(axis=-1)
    weights = rng.uniform(lightest, 1, (count, size, 1))
    points = np.array([1, of_second, 0])[places] * weights
    _, second, first = np.sort(points.sum(axis=1), axis=1).T
    return np.concatenate([places, weights], axis=-1), None, first - second

  return ReasoningTask(
    parameters={"of_second": of_second, "lightest": lightest},
    generate=generate,
  )


register(
  Generator(
    name="election_lead",
    family="reasoning",
    source="positional voting, Borda's count",
    draw=_draw,
    streams=("heldout",),
    tags=("voting",),
  )
)
