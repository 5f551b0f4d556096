"""Nodes of a graph that remain when those with one open edge are peeled off.

  open below  0.5     edges  a-b 0.2, b-c 0.4, c-a 0.1, c-d 0.3, a-d 0.9
  answers: a, b, c yes; d no

One answer for each node, which knows the number of its open edges: does it lie
on a cycle of open edges, or between such cycles? Open edges are those of a tree
of drawn shape, and some others. In larger graphs cycles are longer, and so are
the branches to peel off. A cycle takes three nodes.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances, links_to_parents, parents
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.sample import Band
from tasks.lab.task import PROCESSOR

SIZES = {Band.ID: (3, 4), Band.NEAR: (8,), Band.FAR: (16,)}
FURTHER = 0.64  # Of the other pairs, times the size; no answer becomes rare.


def _draw(rng: np.random.Generator) -> ReasoningTask:
  threshold = int(rng.integers(4, 10)) / 10
  reach = int(rng.choice([2, 3, 4, 6, 10]))

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    parent = parents(rng, count, size, reach)
    of_tree = links_to_parents(parent, rng.uniform(0, threshold, parent.shape))
    joined = rng.uniform(size=of_tree.shape) < FURTHER / size / threshold
    joined &= np.tri(size, k=-1, dtype=bool)
    others = np.where(joined, rng.uniform(size=of_tree.shape), np.nan)
    edges = np.fmin(of_tree, others)
    edges = np.fmin(edges, edges.transpose(0, 2, 1))
    is_open = edges < threshold
    kept = np.ones((count, size), bool)
    for _ in range(size - 1):
      kept &= (is_open & kept[:, None]).sum(axis=2) > 1
    return is_open.sum(axis=2)[..., None], edges, kept

  return ReasoningTask(
    parameters={"threshold": threshold, "reach": reach},
    generate=generate,
    num_classes=2,
    network=PROCESSOR,
    sizes=SIZES,
  )


register(
  Generator(
    name="on_cycle",
    family="reasoning",
    source="the 2-core of a graph, by peeling (Seidman 1983)",
    draw=_draw,
    tags=("graph", "nodes"),
  )
)
