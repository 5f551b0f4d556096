"""Reasoning tasks: trained on small inputs, tested on larger ones."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from tasks.lab.sample import BadSampleError, Band, Sample, numbers

# Numbers of elements: small sets in training, larger ones in tests.
SIZES = {Band.ID: (2, 3, 4), Band.NEAR: (6,), Band.FAR: (10,)}


@dataclasses.dataclass(frozen=True)
class ReasoningTask:
  """A question about a set or a weighted graph of any size.

  Attributes:
    name: unique among all tasks.
    family: tasks of a family are reported together.
    source: the origin of the question.
    suites: the suites it belongs to, with version, e.g. ("lab@1",).
    generate: draws `count` instances of one `size` and their answers:
      (rng, count, size) -> (nodes [count, size, features], edges [count, size,
      size] or None for a set, targets [count]). An edge is a weight, or NaN
      where nodes are not joined; in a set all are joined, with weight 0.
    num_classes: 0 for regression.
    sizes: numbers of elements of each band.
    tags: further words that select the task.
  """

  name: str
  family: str
  source: str
  suites: tuple[str, ...]
  generate: Callable[
    [np.random.Generator, int, int],
    tuple[np.ndarray, np.ndarray | None, np.ndarray],
  ]
  num_classes: int = 0
  sizes: dict[Band, tuple[int, ...]] = dataclasses.field(
    default_factory=lambda: dict(SIZES)
  )
  tags: tuple[str, ...] = ()

  @property
  def network(self) -> str:
    return "message_passing"

  def sample(self, rng: np.random.Generator, band: Band, count: int) -> Sample:
    """Draws `count` instances, with the band's sizes in equal shares.

    Inputs, padded with zeros to the band's largest size n:
      nodes: float32 [count, n, features].
      edges: float32 [count, n, n], weights.
      joined: float32 [count, n, n], 1 where two real nodes are joined.
      mask: float32 [count, n], 1 for real nodes.

    Raises:
      BadSampleError: `generate` returns something else than it should.
    """
    sizes = self.sizes[band]
    parts = [
      self._padded(rng, len(range(k, count, len(sizes))), size, max(sizes))
      for k, size in enumerate(sizes)
    ]
    order = rng.permutation(count)
    inputs = {
      name: np.concatenate([p.inputs[name] for p in parts])[order]
      for name in parts[0].inputs
    }
    return Sample(inputs, np.concatenate([p.targets for p in parts])[order])

  def _padded(
    self, rng: np.random.Generator, count: int, size: int, width: int
  ) -> Sample:
    nodes, edges, targets = self._generated(rng, count, size)
    pad = width - size
    square = ((0, 0), (0, pad), (0, pad))
    inputs = {
      "nodes": np.pad(nodes, ((0, 0), (0, pad), (0, 0))),
      "edges": np.pad(np.nan_to_num(edges), square),
      "joined": np.pad(np.isfinite(edges), square),
      "mask": np.pad(np.ones((count, size)), ((0, 0), (0, pad))),
    }
    return Sample(
      {k: v.astype(np.float32) for k, v in inputs.items()},
      targets.astype(np.int32 if self.num_classes else np.float32),
    )

  def _generated(
    self, rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes, edges and targets, of the right shapes."""
    what = f"generate(rng, count={count}, size={size})"
    returned: Any = self.generate(rng, count, size)
    if not isinstance(returned, tuple) or len(returned) != 3:
      kind = type(returned).__name__
      if isinstance(returned, tuple):
        kind += f" of {len(returned)}"
      raise BadSampleError(
        f"{what} returned a {kind}; needed: a tuple (nodes, edges or None, "
        "targets)"
      )
    nodes, edges, targets = returned
    if edges is None:
      edges = np.zeros((count, size, size))
    nodes = numbers(
      nodes,
      (count, size, None),
      f"{what}, the nodes,",
      f"[{count}, {size}, features]",
    )
    edges = numbers(
      edges,
      (count, size, size),
      f"{what}, the edges,",
      f"[{count}, {size}, {size}], or None for a set",
    )
    targets = numbers(
      targets,
      (count,),
      f"{what}, the targets,",
      f"[{count}], an answer for each instance",
    )
    if self.num_classes and not np.isin(targets, range(self.num_classes)).all():
      raise BadSampleError(
        f"{what} returned a target of {targets.min():g} to {targets.max():g}; "
        f"needed: classes from 0 to {self.num_classes - 1}"
      )
    return nodes, edges, targets
