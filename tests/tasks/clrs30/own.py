"""An algorithm as users write them, whole or with a flaw."""

from pathlib import Path
from typing import Any

import numpy as np

from tasks.clrs30.algorithm import Algorithm
from tasks.clrs30.own_algorithm import Instance, own_algorithm
from tasks.clrs30.trace import Trace

SPEC = {
  "key": ("input", "node", "scalar"),
  "i": ("hint", "node", "mask_one"),
  "best_h": ("hint", "node", "pointer"),
  "best": ("output", "node", "mask_one"),
}
_TEXT = """
import numpy as np
from tasks.clrs30.own_algorithm import own_algorithm
from tasks.clrs30.registry import register

def run(trace, key):
  trace.inputs(key=key)
  for i in range(len(key)):
    best = key[: i + 1].argmax()
    trace.hints(i=i, best_h=np.full(len(key), best))
  trace.outputs(best=best)

for name in {names}:
  register(own_algorithm(
    name=name, spec={spec}, draw=lambda rng, n: (rng.uniform(size=n),), run=run
  ))
"""


def draw(rng: np.random.RandomState, n: int) -> Instance:
  return (rng.uniform(size=n),)


def run(trace: Trace, key: np.ndarray, **changed: Any) -> None:
  """The place of the largest key; the arguments replace hints and outputs."""
  n = len(key)
  trace.inputs(key=key)
  for i in range(n):
    best = np.full(n, key[: i + 1].argmax())
    hints = {"i": i, "best_h": best}
    trace.hints(**{name: changed.get(name, v) for name, v in hints.items()})
  trace.outputs(best=changed.get("best", best[0]))


def largest(**changes: Any) -> Algorithm:
  """The algorithm, with other arguments."""
  arguments: dict[str, Any] = {
    "name": "largest", "spec": SPEC, "draw": draw, "run": run
  }  # fmt: skip
  return own_algorithm(**(arguments | changes))


def write_algorithms(path: Path, *names: str) -> str:
  """Writes it to a file, under some names; returns the path."""
  path.write_text(_TEXT.format(names=names, spec=SPEC))
  return str(path)
