"""A maximal independent set, by rounds in which all nodes act at once.

Luby (1986), with priorities that are drawn once: in each round, nodes whose
priority is above those of all their neighbours that are left join the set, and
they and their neighbours leave. The answer is unique, that of the greedy
algorithm in the order of priorities (Blelloch, Fineman and Shun, arXiv
1202.3205). CLRS-30 has no distributed algorithm; SALSA-CLRS (arXiv 2309.12253)
adds this one.
"""

import numpy as np

from tasks.clrs30.own_algorithm import Instance, own_algorithm
from tasks.clrs30.registry import register
from tasks.clrs30.trace import Trace

_DEGREE = 4.0  # Mean, of tests, whatever the number of nodes.
_TRAINING = (2.0, 3.0, 4.0, 5.0, 6.0)


def _graph(rng: np.random.RandomState, n: int, degree: float) -> Instance:
  """Adjacency [n, n] of a random graph, and priorities [n] in [0, 1]."""
  upper = np.triu(rng.uniform(size=(n, n)) < degree / (n - 1), 1)
  return upper | upper.T, rng.uniform(size=n)


def _draw(rng: np.random.RandomState, n: int) -> Instance:
  return _graph(rng, n, _DEGREE)


def _draw_training(rng: np.random.RandomState, n: int) -> Instance:
  return _graph(rng, n, rng.choice(_TRAINING))


def _run(trace: Trace, adjacent: np.ndarray, priority: np.ndarray) -> None:
  trace.inputs(adj=adjacent, priority=priority)
  left = np.ones(len(adjacent), bool)
  chosen = np.zeros(len(adjacent), bool)
  trace.hints(left_h=left, chosen_h=chosen)
  while left.any():
    rivals = np.where(adjacent & left, priority, -1.0).max(1)
    joining = left & (priority > rivals)
    chosen = chosen | joining
    left = left & ~joining & ~adjacent[joining].any(0)
    trace.hints(left_h=left, chosen_h=chosen)
  trace.outputs(chosen=chosen)


register(
  own_algorithm(
    name="maximal_independent_set",
    spec={
      "adj": ("input", "edge", "mask"),
      "priority": ("input", "node", "scalar"),
      "left_h": ("hint", "node", "mask"),
      "chosen_h": ("hint", "node", "mask"),
      "chosen": ("output", "node", "mask"),
    },
    draw=_draw,
    draw_training=_draw_training,
    run=_run,
  )
)
