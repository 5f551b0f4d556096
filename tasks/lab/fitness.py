"""The lab as a fitness: suites of synthetic tasks that score activations."""

import dataclasses
import functools
import time
from collections.abc import Sequence
from typing import Any, cast

import jax
import numpy as np

from harness.core import user_module
from harness.core.evidence import MIN_TASKS
from harness.core.fitness import (
  Activation,
  Fidelity,
  Report,
  Status,
  failure,
)
from harness.core.table import Table
from tasks.lab import problem, registry, skill, trial
from tasks.lab.networks import FAMILIES, NetworkFamily
from tasks.lab.problem import BANDS, Problem
from tasks.lab.sample import OOD_BANDS, Band
from tasks.lab.sine import fast_sine
from tasks.lab.suites import LAB, Suite
from tasks.lab.task import Task
from tasks.lab.training import Metrics, train_and_test, train_and_test_tables

FULL = Fidelity(steps=400, num_seeds=2)


def screen_for(full: Fidelity) -> Fidelity:
  """The fidelity of the cheap screen that goes with a full fidelity."""
  steps = max(1, full.steps // 4) if full.steps else 0
  return Fidelity(steps, max(1, full.num_seeds // 2))


_ID = BANDS.index(Band.ID)
_OOD = [BANDS.index(band) for band in OOD_BANDS]


@dataclasses.dataclass(frozen=True)
class LabFitness:
  """Scores activations by the OOD skill of small networks.

  Attributes:
    draw: of tasks from a stream.
    tasks: names, generators, families or tags to choose from it; empty for all.
    modules: out-of-tree modules or files; see `registry.select`.
    max_seeds: the largest number of seeds of an evaluation. The compiled
      program is padded to it, so that one compilation serves every fidelity.
    batch_size: number of tables that train side by side in one program.
  """

  draw: Suite = LAB
  tasks: tuple[str, ...] = ()
  modules: tuple[str, ...] = ()
  max_seeds: int = FULL.num_seeds
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
  def task_list(self) -> list[Task]:
    """The tasks in use, in the order of their results."""
    return self._selected[1]

  @property
  def own_tasks(self) -> list[Task]:
    """Those of them that out-of-tree modules have added."""
    added = {
      generator.name
      for module in self.modules
      for generator in registry.load_module(module).generators
    }
    return [task for task in self.task_list if task.generator in added]

  @functools.cached_property
  def families(self) -> dict[str, str]:
    """The family of every task, by its name."""
    return {task.name: task.family for task in self._selected[1]}

  def prepare(self, seed: int, fidelity: Fidelity) -> None:
    del fidelity  # The problem is drawn for `max_seeds` at any fidelity.
    for network, _ in self._networks():
      self._problem(network, seed)

  def evaluate(
    self, activations: Sequence[Activation], seed: int, fidelity: Fidelity
  ) -> list[Report]:
    """See `Fitness.evaluate`.

    Raises:
      ValueError: more seeds than `max_seeds`.
    """
    if fidelity.num_seeds > self.max_seeds:
      raise ValueError(
        f"{fidelity.num_seeds} seeds, but the lab holds {self.max_seeds}"
      )
    with fast_sine():
      if activations and all(isinstance(a, Table) for a in activations):
        tables = cast(Sequence[Table], activations)
        return self._tabulated(tables, seed, fidelity)
      return [self._exact(a, seed, fidelity) for a in activations]

  def _networks(self) -> list[tuple[NetworkFamily, list[Task]]]:
    """The network families in use, each with its tasks."""
    groups = [
      (family, [t for t in self._selected[1] if t.network == name])
      for name, family in FAMILIES.items()
    ]
    return [(family, members) for family, members in groups if members]

  def _problem(self, family: NetworkFamily, seed: int) -> Problem:
    cache: dict[tuple[str, int], Problem] = self.__dict__.setdefault(
      "_problems", {}
    )
    key = (family.name, seed)
    if key not in cache:
      members = [t for t in self._selected[1] if t.network == family.name]
      cache[key] = problem.draw(family, members, seed, self.max_seeds)
    return cache[key]

  def _on_device(self, family: NetworkFamily, seed: int) -> Problem:
    cache: dict[tuple[str, int], Problem] = self.__dict__.setdefault(
      "_problems_on_device", {}
    )
    key = (family.name, seed)
    if key not in cache:
      cache[key] = jax.device_put(self._problem(family, seed))
    return cache[key]

  def _exact(
    self, activation: Activation, seed: int, fidelity: Fidelity
  ) -> Report:
    start = time.monotonic()
    results: list[_TaskResult] = []
    try:
      for family, members in self._networks():
        metrics = train_and_test(
          self._on_device(family, seed),
          fidelity.steps,
          fidelity.num_seeds,
          family=family,
          activation=activation,
        )
        drawn = self._problem(family, seed)
        results += _task_results(members, drawn, metrics, fidelity.num_seeds)
    except Exception as error:  # An activation may raise anything.
      return failure(error)
    return _summarised(results, time.monotonic() - start)

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
    results: list[list[_TaskResult]] = [[] for _ in tables]
    for family, members in self._networks():
      batched = train_and_test_tables(
        self._on_device(family, seed),
        fidelity.steps,
        fidelity.num_seeds,
        batch,
        family=family,
      )
      batched = jax.tree.map(np.asarray, batched)
      drawn = self._problem(family, seed)
      for index, found in enumerate(results):
        metrics = jax.tree.map(lambda a, i=index: a[i], batched)
        found += _task_results(members, drawn, metrics, fidelity.num_seeds)
    seconds = (time.monotonic() - start) / len(tables)
    return [_summarised(found, seconds, tabulated=True) for found in results]


@dataclasses.dataclass(frozen=True)
class _TaskResult:
  """The result of one task: skills in and out of distribution, mean losses.

  Attributes:
    ood_skill: [seeds].
    is_finite: True if any seed has a finite loss in any band.
    outside: share of pre-activations beyond a table.
  """

  name: str
  family: str
  ood_skill: np.ndarray
  id_skill: float
  id_loss: float
  ood_loss: float
  is_finite: bool
  outside: float


def _task_results(
  members: Sequence[Task],
  drawn: Problem,
  metrics: Metrics,
  num_seeds: int,
) -> list[_TaskResult]:
  loss, accuracy, outside = jax.tree.map(
    lambda a: np.asarray(a, np.float64)[:num_seeds], metrics
  )
  results = []
  for index, task in enumerate(members):
    losses = loss[:, index]  # [seeds, bands]
    trivial = drawn.trivial[:num_seeds, index]
    if task.num_classes:
      skills = skill.classification_skill(accuracy[:, index], trivial)
      skills = np.where(np.isfinite(losses), skills, 0.0)
    else:
      skills = skill.regression_skill(losses, trivial)
    results.append(
      _TaskResult(
        task.name,
        task.family,
        ood_skill=skills[:, _OOD].mean(axis=1),
        id_skill=float(skills[:, _ID].mean()),
        id_loss=float(losses[:, _ID].mean()),
        ood_loss=float(losses[:, _OOD].mean()),
        is_finite=bool(np.isfinite(losses).any()),
        outside=float(outside[:, index].mean()),
      )
    )
  return results


def _summarised(
  results: Sequence[_TaskResult], seconds: float, *, tabulated: bool = False
) -> Report:
  diverged = not any(r.is_finite for r in results)
  return Report(
    status=Status.DIVERGED if diverged else Status.OK,
    feedback=_feedback(results, diverged),
    scores_by_seed={r.name: tuple(r.ood_skill.tolist()) for r in results},
    id_scores={r.name: r.id_skill for r in results},
    id_loss={r.name: r.id_loss for r in results},
    ood_loss={r.name: r.ood_loss for r in results},
    outside=float(np.mean([r.outside for r in results])) if tabulated else None,
    seconds=seconds,
    families=_drawn_families(results),
  )


def _drawn_families(results: Sequence[_TaskResult]) -> dict[str, str]:
  """Empty for so few tasks that they say little about a population."""
  if len(results) < MIN_TASKS:
    return {}
  return {r.name: r.family for r in results}


def _feedback(results: Sequence[_TaskResult], diverged: bool) -> str:
  if diverged:
    return Status.DIVERGED.sentence
  families: dict[str, list[_TaskResult]] = {}
  for result in results:
    families.setdefault(result.family, []).append(result)
  parts = [
    f"{family}: OOD skill {np.mean([r.ood_skill.mean() for r in members]):.3f},"
    f" ID skill {np.mean([r.id_skill for r in members]):.3f}"
    for family, members in families.items()
  ]
  worst = min(results, key=lambda r: float(r.ood_skill.mean()))
  return "; ".join(parts) + f". Weakest task: {worst.name}."
