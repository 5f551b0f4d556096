"""Seconds of what a surrogate does before a search.

python -m tests.bench.surrogate_speed

The bars on two cores: differing functions of the large space 180 s, features of
the small space 90 s, an embedding of 3,000 points 30 s. A shortlist of the
large space lists it, too.
"""

import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from evolve.proposers.spaces.enumeration import LARGE, SMALL
from evolve.surrogate import embedding, features, replay
from evolve.surrogate.fisher import Fisher, Network
from evolve.surrogate.predictors import NearestNeighbours
from evolve.surrogate.shortlist import Known, shortlist
from evolve.surrogate.strategies import Predicted
from harness.core import console
from harness.core.printed_table import print_table
from tasks.lab import probing

_EMBEDDED = 3_000
_SEARCHES = 20


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
  start = time.perf_counter()
  found = work()
  return time.perf_counter() - start, found


def _embedded() -> Callable[[], np.ndarray]:
  """An embedding of random features, after umap-learn's import."""
  rng = np.random.default_rng(0)
  points = rng.normal(size=(_EMBEDDED, 1_000)).astype(np.float32)
  spectra = np.cumsum(rng.random((_EMBEDDED, 39)), axis=1).astype(np.float32)
  embedding.union(points[:50], spectra[:50])
  return lambda: embedding.union(points, spectra)


def main() -> None:
  formulas = [SMALL.formula(int(i)) for i in SMALL.first_of_each()]
  fisher = Fisher(Network(*probing.mlp()), jax.random.PRNGKey(0))
  scores = np.random.default_rng(0).random(len(formulas))
  console.say("six measurements; some minutes")
  enumerating, _ = _timed(LARGE.first_of_each)
  listing, _ = _timed(lambda: shortlist(LARGE, Known(formulas, scores)))
  by_outputs, outputs = _timed(lambda: features.outputs(formulas))
  by_fisher, _ = _timed(lambda: features.spectra(fisher, formulas))
  embedding_, _ = _timed(_embedded())
  strategy = Predicted(NearestNeighbours.of(outputs, "euclidean"))

  def search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    replay.search(scores, strategy, np.arange(8), 92, rng)

  searching, _ = _timed(lambda: list(map(search, range(_SEARCHES))))
  rows = [
    ("differing functions of the large space", enumerating, "180"),
    ("a shortlist of the large space", listing, ""),
    (
      f"outputs of {len(formulas):,} functions",
      by_outputs,
      "90, with the next",
    ),
    (f"Fisher spectra of {len(formulas):,} functions", by_fisher, ""),
    (f"an embedding of {_EMBEDDED:,} points", embedding_, "30"),
    (f"{_SEARCHES} replayed searches of 100", searching, ""),
  ]
  print_table(
    "Seconds",
    ["work", "seconds", "bar"],
    [[name, f"{seconds:.1f}", bar] for name, seconds, bar in rows],
  )


if __name__ == "__main__":
  main()
