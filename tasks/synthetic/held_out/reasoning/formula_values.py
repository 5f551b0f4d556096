"""The truth of every subformula of a formula of and, or and not.

  a = not (b or c)   b = true   c = d and e   d = false   e = true
  answers: false, true, false, false, true

A node is a leaf, whose truth it knows, or a connective, perhaps negated, of
its children, which it hears. Larger formulas are deeper.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import PROCESSOR, ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  reach = int(rng.integers(1, 5))  # Parents are so few nodes before.
  conjunctions = round(rng.uniform(0.2, 0.8), 1)
  negations = round(rng.uniform(0.1, 0.9), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    hears = np.zeros((count, size, size), bool)
    for node in range(1, size):
      first = max(0, node - reach)
      hears[np.arange(count), rng.integers(first, node, count), node] = True
    is_leaf = ~hears.any(axis=2)
    is_and = ~is_leaf & (rng.uniform(size=(count, size)) < conjunctions)
    is_not = ~is_leaf & (rng.uniform(size=(count, size)) < negations)
    truth = is_leaf & (rng.uniform(size=(count, size)) < 0.5)
    nodes = np.stack([is_leaf, is_and, is_not, truth], axis=-1)
    for node in reversed(range(size)):
      some = (hears[:, node] & truth).any(axis=1)
      every = (~hears[:, node] | truth).all(axis=1)
      value = np.where(is_and[:, node], every, some) ^ is_not[:, node]
      truth[:, node] = np.where(is_leaf[:, node], truth[:, node], value)
    return nodes.astype(float), np.where(hears, 0.0, np.nan), truth.astype(int)

  return ReasoningTask(
    parameters={
      "reach": reach,
      "conjunctions": conjunctions,
      "negations": negations,
    },
    generate=generate,
    classes=2,
    learner=PROCESSOR,
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
