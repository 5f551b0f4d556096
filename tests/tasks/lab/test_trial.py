"""Tasks whose author made a mistake, named before any work."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.lab import registry, trial
from tasks.lab.fitness import LabFitness
from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.task import Task
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
  lab = LabFitness(tasks=("mine",), modules=(path,))
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


def _task(generate: Any, num_classes: int = 2, **others: Any) -> Task:
  task = ReasoningTask(generate=generate, num_classes=num_classes, **others)
  generator = Generator(
    name="mine",
    family="mine",
    source="a test",
    draw=lambda rng: task,
    streams=("lab",),
  )
  registry.register(generator)
  return generator.one(np.random.default_rng(0))


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
      "its nodes have 9 features; the lab's network takes 1 to 6",
    ),
    (
      _generator(edges=lambda c, n: np.zeros((c, n))),
      "the edges, returned float64 [4, 2]; needed: [4, 2, 2], or None",
    ),
    (
      _generator(targets=lambda c, n: np.zeros((c, 1))),
      "the targets, returned float64 [4, 1]; needed: [4], [4, 2] or [4",
    ),
    (
      _generator(targets=lambda c, n: [[1], [1, 2], [], []]),
      "the targets, returned a list; needed: [4], ",
    ),
    (
      _generator(targets=lambda c, n: np.zeros((c, n, 5), int)),
      "it asks for 5 outputs of each node; the lab's network has 4",
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


@pytest.mark.parametrize(
  ("others", "flaw"),
  [
    ({"num_classes": 7}, "it has 7 classes; the lab's networks tell 4 apart"),
    ({"network": "oracle"}, "its network is 'oracle'; one of mlp, pooling, p"),
  ],
)
def test_what_no_network_learns_is_named(
  others: dict[str, Any], flaw: str
) -> None:
  with pytest.raises(UserError, match=re.escape(flaw)):
    trial.try_out(_task(_generator(), **others))


def test_targets_of_a_regression_are_any_numbers() -> None:
  generate = _generator(targets=lambda c, n: np.arange(c) - 0.5)
  trial.try_out(_task(generate, 0))


def test_every_node_may_have_several_answers() -> None:
  generate = _generator(targets=lambda c, n: np.zeros((c, n, 4)))
  trial.try_out(_task(generate, 0))
