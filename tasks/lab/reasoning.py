"""Reasoning tasks: trained on small inputs, tested on larger ones."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tasks.lab.sample import BadSampleError, Band, Sample, numbers
from tasks.lab.task import POOLING, Task

# Numbers of elements: small instances in training, in tests larger ones by 2
# and by 4 times.
SIZES = {Band.ID: (2, 3, 4), Band.NEAR: (8,), Band.FAR: (16,)}


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ReasoningTask(Task):
  """A question about a set, a sequence or a weighted graph of any size.

  Attributes:
    generate: draws `count` instances of one `size` and their answers:
      (rng, count, size) -> (nodes [count, size, features], edges [count, size,
      size] or None for a set, targets). An edge [i, j] is the weight with which
      node i hears node j, or NaN where it does not; in a set each hears all,
      with weight 0. Targets are [count], an answer for each instance, or
      [count, size], one for each node, or [count, size, outputs].
    network: POOLING, or PROCESSOR.
    sizes: numbers of elements of each band.
  """

  generate: Callable[
    [np.random.Generator, int, int],
    tuple[np.ndarray, np.ndarray | None, np.ndarray],
  ]
  network: str = POOLING
  sizes: Mapping[Band, tuple[int, ...]] = dataclasses.field(
    default_factory=lambda: dict(SIZES)
  )

  def sample(self, rng: np.random.Generator, band: Band, count: int) -> Sample:
    """Draws `count` instances, with the band's sizes in equal shares.

    Inputs, padded with zeros to the band's largest size n:
      nodes: float32 [count, n, features].
      edges: float32 [count, n, n], weights.
      joined: float32 [count, n, n], 1 where two real nodes are joined.
      mask: float32 [count, n], 1 for real nodes.
    Targets of nodes are padded as well.

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
    if targets.ndim > 1:
      of_others = ((0, 0),) * (targets.ndim - 2)
      targets = np.pad(targets, ((0, 0), (0, pad), *of_others))
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
      [(count,), (count, size), (count, size, None)],
      f"{what}, the targets,",
      f"[{count}], [{count}, {size}] or [{count}, {size}, outputs], answers "
      "for each instance or each node",
    )
    if self.num_classes and not np.isin(targets, range(self.num_classes)).all():
      raise BadSampleError(
        f"{what} returned a target of {targets.min():g} to {targets.max():g}; "
        f"needed: classes from 0 to {self.num_classes - 1}"
      )
    return nodes, edges, targets
