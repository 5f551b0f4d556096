"""A few tasks that never change, of every kind and network, in a suite."""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask
from tasks.lab.suites import Suite
from tasks.lab.task import PROCESSOR, Task

SUITE = Suite("questions", num_tasks=20)
REGRESSION = ("cubic", "wave")
REASONING = ("maximum", "span", "order")

CUBIC = RegressionTask(
  inputs={"x": Interval(-0.5, 2.5)}, function=lambda x: x**3 - 3 * x
)
WAVE = RegressionTask(
  inputs={"x": Interval(-2.5, 2.5), "y": Interval(-2.5, 2.5)},
  function=lambda x, y: np.sin(x) + np.cos(2 * y) / 2,
)


def _maximum(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  """The mark, of three, of the largest element."""
  values = rng.normal(size=(count, size))
  marks = rng.integers(3, size=(count, size))
  nodes = np.concatenate([values[..., None], np.eye(3)[marks]], axis=-1)
  return nodes, None, marks[np.arange(count), values.argmax(axis=1)]


def _span(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """The largest weight of a random graph; the nodes know nothing."""
  weights = rng.uniform(size=(count, size, size))
  weights[rng.uniform(size=weights.shape) < 0.3] = np.nan
  weights[:, 0, 1] = rng.uniform(size=count)
  nodes = rng.normal(size=(count, size, 1))
  return nodes, weights, np.nanmax(weights, axis=(1, 2))


def _order(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  """For each node, the number of smaller ones and of larger ones."""
  values = rng.uniform(size=(count, size))
  smaller = values.argsort(axis=1).argsort(axis=1)
  targets = np.stack([smaller, size - 1 - smaller], axis=-1)
  return values[..., None], None, targets


MAXIMUM = ReasoningTask(generate=_maximum, num_classes=3)
SPAN = ReasoningTask(generate=_span)
ORDER = ReasoningTask(generate=_order, network=PROCESSOR)


def _registered(name: str, family: str, task: Task) -> None:
  register(
    Generator(
      name=name,
      family=family,
      source="a test",
      draw=lambda rng: task,
      streams=(SUITE.stream,),
    )
  )


_registered("cubic", "polynomials", CUBIC)
_registered("wave", "harmonics", WAVE)
_registered("maximum", "reasoning", MAXIMUM)
_registered("span", "reasoning", SPAN)
_registered("order", "reasoning", ORDER)
MODULE = __name__
