"""The truth of every subformula of a formula of two connectives.

  connectives  all, parity
  a = parity(b, c)   b = true   c = all(d, e)   d = false   e = true
  answers: true, true, false, false, true

A node is a leaf, whose truth it knows, or one of two drawn connectives of its
children, which it hears. Larger formulas are deeper.
"""

from collections.abc import Callable

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.sample import Band
from tasks.lab.task import PROCESSOR

# By the numbers of true children and of children.
CONNECTIVES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
  "all": lambda true, of: true == of,
  "any": lambda true, of: true > 0,
  "parity": lambda true, of: true % 2 == 1,
  "not all": lambda true, of: true < of,
  "none": lambda true, of: true == 0,
  "even": lambda true, of: true % 2 == 0,
}


def _draw(rng: np.random.Generator) -> ReasoningTask:
  names = [str(n) for n in rng.choice(list(CONNECTIVES), 2, replace=False)]

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    hears = np.zeros((count, size, size), bool)
    for node in range(1, size):  # Parents are near, so that formulas are deep.
      parent = rng.integers(max(0, node - 3), node, count)
      hears[np.arange(count), parent, node] = True
    children = hears.sum(axis=2)
    is_leaf = children == 0
    is_first = ~is_leaf & (rng.uniform(size=(count, size)) < 0.5)
    truth = is_leaf & (rng.uniform(size=(count, size)) < 0.7)
    nodes = np.stack([is_leaf, is_first, truth], axis=-1).astype(float)
    for node in reversed(range(size)):
      true = (hears[:, node] & truth).sum(axis=1)
      first, second = (CONNECTIVES[n](true, children[:, node]) for n in names)
      value = np.where(is_first[:, node], first, second)
      truth[:, node] = np.where(is_leaf[:, node], truth[:, node], value)
    return nodes, np.where(hears, 0.0, np.nan), truth.astype(int)

  return ReasoningTask(
    parameters={"connectives": names},
    generate=generate,
    num_classes=2,
    network=PROCESSOR,
    sizes={Band.ID: (3, 4), Band.NEAR: (8,), Band.FAR: (16,)},
  )


register(
  Generator(
    name="formula_values",
    family="reasoning",
    source="the value of a Boolean formula",
    draw=_draw,
    streams=("heldout",),
    tags=("logic",),
  )
)
