"""The states of a finite automaton after every symbol of a string.

  on 0  A->A  B->C  C->C     on 1  A->B  B->B  C->A
  string  1  0  1     answers: B, C, A

Strings begin in state A. A node knows its symbol, and whether it is the first,
and hears its predecessor. The table of moves is drawn, such that no state is
rare.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR

_STATES = 3


def _draw(rng: np.random.Generator) -> ReasoningTask:
  moves = rng.integers(_STATES, size=(2, _STATES))
  while not _visits_all(moves):
    moves = rng.integers(_STATES, size=(2, _STATES))

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    symbols = rng.integers(2, size=(count, size))
    states = np.zeros((count, size), int)
    state = np.zeros(count, int)
    for k in range(size):
      state = moves[symbols[:, k], state]
      states[:, k] = state
    first = np.broadcast_to(np.arange(size) == 0, (count, size))
    edges = np.where(np.eye(size, k=-1) > 0, 0.0, np.nan)
    nodes = np.stack([symbols, first], axis=-1).astype(float)
    return nodes, np.broadcast_to(edges, (count, size, size)), states

  return ReasoningTask(
    parameters={"moves": moves},
    generate=generate,
    num_classes=_STATES,
    network=PROCESSOR,
  )


def _visits_all(moves: np.ndarray) -> bool:
  """Early and late, each state has a share of 0.15 to 0.6."""
  step = np.eye(_STATES)[moves].mean(axis=0)
  shares = [np.eye(_STATES)[0] @ step]
  for _ in range(15):
    shares.append(shares[-1] @ step)
  early, late = np.mean(shares[:4], axis=0), np.mean(shares[8:], axis=0)
  both = np.stack([early, late])
  return bool((both > 0.15).all() and (both < 0.6).all())


register(
  Generator(
    name="automaton",
    family="reasoning",
    source="finite automata",
    draw=_draw,
    streams=("dev_heldout",),
    tags=("string",),
  )
)
