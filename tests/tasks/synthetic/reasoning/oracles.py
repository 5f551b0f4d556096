"""Checks of a generator's answers, one instance at a time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest

from tasks.lab import registry
from tasks.lab.sample import Band

NUM_TASKS = 4
COUNT = 40


class Instance(NamedTuple):
  """One instance of a task.

  Attributes:
    parameters: of the task.
    nodes: features [size, features].
    edges: weights [size, size], NaN where node i does not hear node j.
    answers: a number, or an array [size] or [size, outputs].
  """

  parameters: Mapping[str, Any]
  nodes: np.ndarray
  edges: np.ndarray
  answers: Any

  @property
  def size(self) -> int:
    return len(self.nodes)

  def heard(self, node: int) -> list[int]:
    """The nodes that a node hears."""
    return [int(j) for j in np.flatnonzero(np.isfinite(self.edges[node]))]

  def elements(self) -> list[float]:
    """The first feature of each node."""
    return [float(value) for value in self.nodes[:, 0]]

  def letters(self, first: int = 0, num: int | None = None) -> list[int]:
    """Symbols of one-hot features from `first` on."""
    last = None if num is None else first + num
    return [int(row.argmax()) for row in self.nodes[:, first:last]]


def instances(name: str, band: Band) -> Iterator[Instance]:
  """Instances of a few drawn tasks of a generator."""
  rng = np.random.default_rng(5)
  generator = registry.get(name)
  for _ in range(NUM_TASKS):
    task = generator.one(rng)
    inputs, targets = task.sample(rng, band, COUNT)
    for k, size in enumerate(inputs["mask"].sum(axis=1).astype(int)):
      joined = inputs["joined"][k, :size, :size] > 0
      yield Instance(
        task.parameters,
        inputs["nodes"][k, :size].astype(float),
        np.where(joined, inputs["edges"][k, :size, :size], np.nan),
        targets[k] if targets.ndim == 1 else targets[k, :size],
      )


def check(name: str, band: Band, oracle: Callable[[Instance], Any]) -> None:
  """Asserts that all answers are those of an oracle."""
  for one in instances(name, band):
    expected = np.asarray(oracle(one), float)
    assert expected.shape == np.shape(one.answers)
    assert one.answers == pytest.approx(expected, abs=2e-5)


def direction(angle: float) -> tuple[float, float]:
  """Cosine and sine of an angle in degrees."""
  radians = np.pi * angle / 180
  return float(np.cos(radians)), float(np.sin(radians))
