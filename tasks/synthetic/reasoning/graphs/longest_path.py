"""The earliest times at which the steps of a project can begin.

  ready  a 0.1, b 0, c 0.9     edges  a -> b 0.3, b -> c 0.4, a -> c 0.5
  answers: 0.1, 0.4, 0.9

One answer for each node, the longest path to it in an acyclic graph: it waits
until it is ready, and for each node that it hears as long as the edge says. The
frequency and the least length of edges are drawn. Larger graphs have longer
paths.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.instances import Instances
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.task import PROCESSOR


def _draw(rng: np.random.Generator) -> ReasoningTask:
  degree = int(rng.integers(8, 15)) / 10
  lightest = int(rng.integers(2, 8)) / 10

  def generate(rng: np.random.Generator, count: int, size: int) -> Instances:
    before = np.arange(size)[:, None]
    chance = np.tri(size, k=-1) * degree / np.maximum(before, 1)
    joined = rng.uniform(size=(count, size, size)) < chance
    lengths = rng.uniform(lightest, 1, size=(count, size, size))
    time = rng.uniform(size=(count, size))
    nodes = time[..., None]
    longest = time.copy()
    for i in range(1, size):
      ends = np.where(joined[:, i, :i], longest[:, :i] + lengths[:, i, :i], 0)
      longest[:, i] = np.maximum(longest[:, i], ends.max(axis=1))
    return nodes, np.where(joined, lengths, np.nan), longest

  return ReasoningTask(
    parameters={"degree": degree, "lightest": lightest},
    generate=generate,
    network=PROCESSOR,
  )


register(
  Generator(
    name="longest_path",
    family="reasoning",
    source="longest paths of acyclic graphs, the critical path method",
    draw=_draw,
    tags=("graph", "nodes"),
  )
)
