"""Tasks whose author made a mistake, named before any work."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.lab import registry, trial
from tasks.lab.fitness import LabFitness
from tasks.lab.reasoning import ReasoningTask
from tests.tasks.lab.own_tasks import write_tasks

pytestmark = pytest.mark.usefixtures("own_registry")


@pytest.mark.parametrize(
  ("function", "flaw"),
  [
    (
      "lambda x: x[:, None]",
      "returned float64 [12, 1]; needed: [12], a number",
    ),
    ("lambda x: 1.0", "returned float64 []; needed: [12]"),
    ("lambda x: 1j * x", "returned complex128 [12]; needed: [12]"),
    ("lambda x: None", "returned a NoneType; needed: [12]"),
    ("lambda x, y: x", "drawing it raises TypeError: "),
  ],
)
def test_a_wrong_function_is_named_before_any_work(
  tmp_path: Path, function: str, flaw: str
) -> None:
  path = write_tasks(tmp_path / "mine.py", "mine", function=function)
  lab = LabFitness("lab", tasks=("mine",), modules=(path,))
  with pytest.raises(UserError) as failed:
    lab.load()
  assert str(failed.value).startswith(f"task 'mine' of {path}: ")
  assert flaw in str(failed.value)


Generate = Callable[[np.random.Generator, int, int], Any]


def _generator(
  nodes: Any = lambda c, n: np.zeros((c, n, 2)),
  edges: Any = lambda c, n: None,
  targets: Any = lambda c, n: np.arange(c) % 2,
) -> Generate:
  return lambda rng, c, n: (nodes(c, n), edges(c, n), targets(c, n))


def _task(generate: Any, num_classes: int = 2) -> ReasoningTask:
  task = ReasoningTask(
    name="mine",
    family="mine",
    source="a test",
    suites=(),
    generate=generate,
    num_classes=num_classes,
  )
  registered = registry.register(task)
  assert isinstance(registered, ReasoningTask)
  return registered


def test_a_right_generator_passes() -> None:
  trial.try_out(_task(_generator()))


@pytest.mark.parametrize(
  ("generate", "flaw"),
  [
    (
      _generator(nodes=lambda c, n: np.zeros((c, n))),
      "generate(rng, count=4, size=2), the nodes, returned float64 [4, 2]; "
      "needed: [4, 2, features]",
    ),
    (
      _generator(nodes=lambda c, n: np.zeros((c, n, 9))),
      "its nodes have 9 features; the lab's network takes 1 to 4",
    ),
    (
      _generator(edges=lambda c, n: np.zeros((c, n))),
      "the edges, returned float64 [4, 2]; needed: [4, 2, 2], or None",
    ),
    (
      _generator(targets=lambda c, n: np.zeros((c, 1))),
      "the targets, returned float64 [4, 1]; needed: [4]",
    ),
    (
      _generator(targets=lambda c, n: [[1], [1, 2], [], []]),
      "the targets, returned a list; needed: [4]",
    ),
    (
      _generator(targets=lambda c, n: np.arange(c)),
      "a target of 0 to 3; needed: classes from 0 to 1",
    ),
    (lambda rng, c, n: np.zeros(c), "returned a ndarray; needed: a tuple"),
    (lambda rng, c, n: (1, 2), "returned a tuple of 2; needed: a tuple"),
    (lambda rng, c: None, "drawing it raises TypeError: "),
  ],
)
def test_a_wrong_generator_is_named(generate: Generate, flaw: str) -> None:
  with pytest.raises(UserError) as failed:
    trial.try_out(_task(generate))
  assert str(failed.value).startswith(f"task 'mine' of {__file__}: ")
  assert flaw in str(failed.value)


def test_targets_of_a_regression_are_any_numbers() -> None:
  task = _task(_generator(targets=lambda c, n: np.arange(c) - 0.5), 0)
  trial.try_out(task)
  trial.try_out(dataclasses.replace(task, sizes={b: (3,) for b in task.sizes}))
