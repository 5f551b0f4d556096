"""The positions of a game from which the player to move wins.

  moves  c->a  c->b  d->c     ends: a lost, b won     answers: no, yes, yes, no

A position is won if some move leads to one that is lost. Moves lead to earlier
nodes, which a node hears; the outcome of an end is drawn. Games get longer with
the graph (retrograde analysis).
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR

_REACH = 3  # A move leads to one of so many earlier positions.


def _draw(rng: np.random.Generator) -> ReasoningTask:
  density = round(rng.uniform(0.3, 0.8), 1)
  won_ends = round(rng.uniform(0.1, 0.8), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    shape = (count, size, size)
    near = np.tri(size, k=-1) - np.tri(size, k=-1 - _REACH) > 0
    moves = near & (rng.uniform(size=shape) < density)
    is_end = ~moves.any(axis=2)
    wins = is_end & (rng.uniform(size=(count, size)) < won_ends)
    nodes = np.stack([is_end, wins], axis=-1).astype(float)
    for node in range(size):
      to_lost = moves[:, node] & ~wins
      wins[:, node] |= to_lost.any(axis=1)
    return nodes, np.where(moves, 0.0, np.nan), wins.astype(int)

  return ReasoningTask(
    parameters={"density": density, "won_ends": won_ends},
    generate=generate,
    num_classes=2,
    network=PROCESSOR,
  )


register(
  Generator(
    name="winning_positions",
    family="reasoning",
    source="kernels of game graphs, retrograde analysis",
    draw=_draw,
    streams=("heldout",),
    tags=("game",),
  )
)
