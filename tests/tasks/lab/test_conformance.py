"""Flaws of tasks that break a rule; those that ship keep them all."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from tasks.lab.conformance import RULES
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.regression import Interval, RegressionTask
from tasks.lab.sample import Band, Sample
from tasks.lab.task import Task
from tests.tasks.lab.questions import ORDER

LINE = RegressionTask(
  name="line",
  inputs={"x": Interval(0, 1)},
  function=lambda x: x,
)


def _parity(
  rng: np.random.Generator, count: int, size: int
) -> tuple[np.ndarray, None, np.ndarray]:
  bits = rng.integers(2, size=(count, size))
  return bits[..., None], None, bits.sum(axis=1) % 2


PARITY = ReasoningTask(
  name="parity",
  generate=_parity,
  num_classes=2,
)


class Unkeyed(RegressionTask):
  """A task whose draws are the same for every generator."""

  def sample(self, rng: np.random.Generator, band: Band, count: int) -> Sample:
    return super().sample(np.random.default_rng(3), band, count)


class Unrepeatable(RegressionTask):
  """A task that ignores its generator."""

  def sample(self, rng: np.random.Generator, band: Band, count: int) -> Sample:
    return super().sample(np.random.default_rng(), band, count)


class Doubles(RegressionTask):
  """A task that samples float64."""

  def sample(self, rng: np.random.Generator, band: Band, count: int) -> Sample:
    inputs, targets = super().sample(rng, band, count)
    return Sample(inputs, targets.astype(np.float64))


def _line(kind: type[RegressionTask] = RegressionTask, **changes: Any) -> Any:
  fields = {f.name: getattr(LINE, f.name) for f in dataclasses.fields(LINE)}
  return kind(**(fields | changes))


def _unbalanced(rng: np.random.Generator, count: int, size: int) -> Any:
  nodes, edges, _ = _parity(rng, count, size)
  return nodes, edges, (rng.uniform(size=count) < 0.1).astype(int)


@pytest.mark.parametrize(
  "task",
  [LINE, PARITY, dataclasses.replace(ORDER, name="order")],
  ids=lambda task: task.name,
)
@pytest.mark.parametrize("rule", RULES)
def test_a_good_task_has_no_flaw(task: Task, rule: str) -> None:
  assert list(RULES[rule](task)) == []


@pytest.mark.parametrize(
  ("rule", "task", "flaw"),
  [
    ("shapes and dtypes", _line(Doubles), "targets of id are float64[64], not"),
    (
      "finite and varying values",
      _line(function=lambda x: np.where(x > 0.5, np.inf, x)),
      "targets of id are not all finite",
    ),
    (
      "finite and varying values",
      _line(function=lambda x: 0 * x + 3),
      "all targets of id are 3",
    ),
    (
      "finite and varying values",
      dataclasses.replace(
        PARITY, generate=lambda r, c, n: (np.ones((c, n, 1)), None, r.random(c))
      , num_classes=0),
      "feature 0 of id never varies",
    ),
    (
      "draws keyed by the generator",
      _line(Unkeyed),
      "draws of id with two generators are the same",
    ),
    (
      "draws keyed by the generator",
      _line(Unrepeatable),
      "two draws of id with the same generator differ",
    ),
    (
      "disjoint bands",
      dataclasses.replace(
        PARITY, sizes={Band.ID: (2, 7), Band.NEAR: (6,), Band.FAR: (10,)}
      ),
      "a size of id is not below all of near",
    ),
    (
      "bounded targets",
      _line(function=lambda x: np.exp(30 * x)),
      "standard deviations of those in training, over 30",
    ),
    (
      "answers that cannot be guessed",
      dataclasses.replace(PARITY, generate=_unbalanced),
      "% of the answers are one class; at most 75% may be",
    ),
    (
      "scores from 0 to 1",
      _line(function=lambda x: np.where(x > 1, np.inf, x)),
      "predictions that deserve 1 score",
    ),
  ],
)  # fmt: skip
def test_a_flaw_is_told(rule: str, task: Task, flaw: str) -> None:
  assert any(flaw in told for told in RULES[rule](task))
