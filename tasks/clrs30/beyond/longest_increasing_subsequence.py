"""A longest increasing subsequence, by dynamic programming.

Exercise 14.4-5 of Cormen et al. (4th edition), in quadratic time: element by
element, the longest increasing subsequence that ends there is the longest among
those that end earlier at a smaller key, and one more. Then links lead back from
the best end. Ties go to the earlier element. The dynamic programmes of CLRS-30
fill tables over pairs; this one is over a sequence.
"""

import numpy as np

from tasks.clrs30.own_algorithm import Instance, own_algorithm
from tasks.clrs30.registry import register
from tasks.clrs30.trace import Trace

_FORWARDS, _BACKWARDS = np.eye(2)


def _draw(rng: np.random.RandomState, n: int) -> Instance:
  return (rng.uniform(size=n),)


def _run(trace: Trace, key: np.ndarray) -> None:
  """In all n steps forwards, and one backwards for each member."""
  n = len(key)
  trace.inputs(key=key, pred=np.maximum(np.arange(n) - 1, 0))
  length, link, member = np.zeros(n), np.arange(n), np.zeros(n)

  def show(phase: np.ndarray, i: int) -> None:
    trace.hints(
      phase=phase, i=i, length_h=length / n, link_h=link, member_h=member
    )

  show(_FORWARDS, 0)
  for i in range(n):
    before = np.where(key[:i] < key[i], length[:i], 0)
    length[i] = 1 + before.max(initial=0)
    if length[i] > 1:
      link[i] = before.argmax()
    show(_FORWARDS, i)
  i = int(length.argmax())
  while True:
    member[i] = 1
    show(_BACKWARDS, i)
    if link[i] == i:
      break
    i = int(link[i])
  trace.outputs(member=member, link=link)


register(
  own_algorithm(
    name="longest_increasing_subsequence",
    spec={
      "key": ("input", "node", "scalar"),
      "pred": ("input", "node", "pointer"),
      "phase": ("hint", "graph", "categorical"),
      "i": ("hint", "node", "mask_one"),
      "length_h": ("hint", "node", "scalar"),
      "link_h": ("hint", "node", "pointer"),
      "member_h": ("hint", "node", "mask"),
      "member": ("output", "node", "mask"),
      "link": ("output", "node", "pointer"),
    },
    draw=_draw,
    run=_run,
  )
)
