"""The lab as a fitness: suites of synthetic tasks that score activations."""

import dataclasses
import functools
import time
from collections.abc import Sequence
from typing import Any, cast

import jax
import numpy as np

from harness.core import trainable, user_module
from harness.core.evidence import MIN_TASKS
from harness.core.fitness import (
  Activation,
  Fidelity,
  Report,
  Status,
  failure,
)
from harness.core.table import Table
from tasks.lab import registry, trial
from tasks.lab.blocks import Block, TaskResult, blocks_of
from tasks.lab.problem import Problem
from tasks.lab.sine import fast_sine
from tasks.lab.skill import FLOOR
from tasks.lab.suites import LAB, Suite
from tasks.lab.task import Task
from tasks.lab.training import Metrics, train_and_test, train_and_test_tables

FULL = Fidelity(steps=400, num_seeds=1)

_GOAL = f"""\
It is to make small neural networks GENERALISE OUT OF DISTRIBUTION (OOD). Each \
network applies it after every hidden layer, is trained on one range of inputs \
or one size of problem, and is tested beyond it. OOD skill is 1 - loss / loss \
of predicting the training mean, or accuracy above the most frequent class. \
The score of a task is the logarithm of what is missing to perfect skill, \
log(1 - skill) / log({FLOOR}): 0 is no better than the trivial predictor, 1 is \
perfect, and to halve a small error counts as much as to halve a large one. \
The score of a function is the mean over many tasks. In-distribution (ID) \
skill is reported too but does not count. The x that f gets is of order 1 in \
training and can be larger in the tests."""


def screen_for(full: Fidelity) -> Fidelity:
  """The fidelity of the cheap screen that goes with a full fidelity."""
  steps = max(1, full.steps // 4) if full.steps else 0
  return Fidelity(steps, max(1, full.num_seeds // 2))


@dataclasses.dataclass(frozen=True)
class LabFitness:
  """Scores activations by the log OOD skill of small networks.

  Attributes:
    draw: of tasks from a stream.
    tasks: names, generators, families or tags to choose from it; empty for all.
    modules: out-of-tree modules or files; see `registry.select`.
    batch_size: number of tables that train side by side in one program.
  """

  draw: Suite = LAB
  tasks: tuple[str, ...] = ()
  modules: tuple[str, ...] = ()
  batch_size: int = 1

  def __reduce__(self) -> tuple[Any, ...]:
    # Tasks hold functions; a process that unpickles finds them by name.
    found_anywhere = tuple(map(user_module.located, self.modules))
    fields = dataclasses.replace(self, modules=found_anywhere)
    return type(self), tuple(
      getattr(fields, field.name) for field in dataclasses.fields(fields)
    )

  @functools.cached_property
  def _selected(self) -> tuple[str, list[Task]]:
    return registry.select(self.draw, self.tasks, self.modules)

  def load(self) -> None:
    """Finds the tasks now, and draws a few examples of each.

    Raises:
      UserError: a suite, task or module is unknown, or a task can't be drawn.
    """
    for task in self.task_list:
      trial.try_out(task)

  @property
  def suite(self) -> str:
    return self._selected[0]

  @property
  def goal(self) -> str:
    return _GOAL

  @property
  def task_list(self) -> list[Task]:
    """The tasks in use, in the order of their results."""
    return self._selected[1]

  @property
  def own_tasks(self) -> list[Task]:
    """Those of them that out-of-tree modules have added."""
    added = {
      generator.name
      for module in self.modules
      for generator in registry.load_module(module).items
    }
    return [task for task in self.task_list if task.generator in added]

  @functools.cached_property
  def families(self) -> dict[str, str]:
    """The family of every task, by its name."""
    return {task.name: task.family for task in self._selected[1]}

  def prepare(self, seed: int, fidelity: Fidelity) -> None:
    for block in self.blocks:
      for index in range(fidelity.num_seeds):
        self.problem(block, seed, index)

  def evaluate(
    self, activations: Sequence[Activation], seed: int, fidelity: Fidelity
  ) -> list[Report]:
    """See `Fitness.evaluate`."""
    with fast_sine():
      if activations and all(isinstance(a, Table) for a in activations):
        tables = cast(Sequence[Table], activations)
        return self._tabulated(tables, seed, fidelity)
      return [self._exact(a, seed, fidelity) for a in activations]

  @functools.cached_property
  def blocks(self) -> list[Block]:
    """The tasks, by what trains side by side."""
    return blocks_of(self.task_list)

  def problem(self, block: Block, seed: int, index: int) -> Problem:
    """Data and initial weights of a block, drawn once.

    Args:
      block: one of `blocks`.
      seed: of an evaluation.
      index: of one of its seeds.
    """
    key = (block.number, seed, index)
    if key not in self._problems:
      self._problems[key] = block.draw(seed, index)
    return self._problems[key]

  def _on_device(self, block: Block, seed: int, index: int) -> Problem:
    key = (block.number, seed, index)
    if key not in self._problems_on_device:
      drawn = self.problem(block, seed, index)
      self._problems_on_device[key] = jax.device_put(drawn)
    return self._problems_on_device[key]

  @functools.cached_property
  def _problems(self) -> dict[tuple[int, int, int], Problem]:
    """By number of the block, seed, and index of the seed."""
    return {}

  @functools.cached_property
  def _problems_on_device(self) -> dict[tuple[int, int, int], Problem]:
    return {}

  def _exact(
    self, activation: Activation, seed: int, fidelity: Fidelity
  ) -> Report:
    start = time.monotonic()
    results: list[TaskResult] = []
    learned: list[Any] = []
    try:
      for block in self.blocks:
        trained = [
          train_and_test(
            self._on_device(block, seed, index),
            fidelity.steps,
            family=block.family,
            activation=activation,
          )
          for index in range(fidelity.num_seeds)
        ]
        results += self._results(block, [t.metrics for t in trained], seed)
        count = len(block.tasks)  # A block may be filled up.
        learned += [
          jax.tree.map(lambda a, n=count: a[:n], t.parameters) for t in trained
        ]
    except Exception as error:  # An activation may raise anything.
      return failure(error)
    report = _summarised(results, time.monotonic() - start)
    return dataclasses.replace(
      report, parameters=trainable.learned(activation, *learned)
    )

  def _tabulated(
    self, tables: Sequence[Table], seed: int, fidelity: Fidelity
  ) -> list[Report]:
    if len(tables) > self.batch_size:
      first, rest = tables[: self.batch_size], tables[self.batch_size :]
      return [
        *self._tabulated(first, seed, fidelity),
        *self._tabulated(rest, seed, fidelity),
      ]
    start = time.monotonic()
    padded = [*tables, *[tables[-1]] * (self.batch_size - len(tables))]
    batch = jax.tree.map(lambda *arrays: np.stack(arrays), *padded)
    found: list[list[TaskResult]] = [[] for _ in tables]
    for block in self.blocks:
      batched = [
        train_and_test_tables(
          self._on_device(block, seed, index),
          fidelity.steps,
          batch,
          family=block.family,
        )
        for index in range(fidelity.num_seeds)
      ]
      batched = jax.tree.map(np.asarray, batched)
      for place, results in enumerate(found):
        metrics = [Metrics(*(a[place] for a in m)) for m in batched]
        results += self._results(block, metrics, seed)
    seconds = (time.monotonic() - start) / len(tables)
    return [_summarised(results, seconds, tabulated=True) for results in found]

  def _results(
    self, block: Block, metrics: Sequence[Metrics], seed: int
  ) -> list[TaskResult]:
    """The results of a block, from the metrics of each index of the seed."""
    problems = [self.problem(block, seed, i) for i in range(len(metrics))]
    return block.results(metrics, problems)


def _summarised(
  results: Sequence[TaskResult], seconds: float, *, tabulated: bool = False
) -> Report:
  diverged = not any(r.is_finite for r in results)
  return Report(
    status=Status.DIVERGED if diverged else Status.OK,
    feedback=_feedback(results, diverged),
    scores_by_seed={r.task.name: tuple(r.score.tolist()) for r in results},
    ood_skills={r.task.name: float(r.ood_skill.mean()) for r in results},
    id_scores={r.task.name: r.id_skill for r in results},
    id_loss={r.task.name: r.id_loss for r in results},
    ood_loss={r.task.name: r.ood_loss for r in results},
    outside=float(np.mean([r.outside for r in results])) if tabulated else None,
    seconds=seconds,
    families=_drawn_families(results),
  )


def _drawn_families(results: Sequence[TaskResult]) -> dict[str, str]:
  """Empty for so few tasks that they say little about a population."""
  if len(results) < MIN_TASKS:
    return {}
  return {r.task.name: r.task.family for r in results}


def _feedback(results: Sequence[TaskResult], diverged: bool) -> str:
  if diverged:
    return Status.DIVERGED.sentence
  families: dict[str, list[TaskResult]] = {}
  for result in results:
    families.setdefault(result.task.family, []).append(result)
  parts = [
    f"{family}: OOD skill {np.mean([r.ood_skill.mean() for r in members]):.3f},"
    f" ID skill {np.mean([r.id_skill for r in members]):.3f}"
    for family, members in families.items()
  ]
  worst = min(results, key=lambda r: float(r.ood_skill.mean()))
  return "; ".join(parts) + f". Weakest task: {worst.task.name}."
