"""Blocks of tasks: those of a network that train side by side in a program.

All blocks of a network have one shape, so that its program is compiled once for
all suites, seeds and fidelities.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

from tasks.lab import problem, skill
from tasks.lab.networks import FAMILIES, NetworkFamily
from tasks.lab.problem import BANDS, Problem
from tasks.lab.sample import OOD_BANDS, Band
from tasks.lab.task import Task
from tasks.lab.training import Metrics

_ID = BANDS.index(Band.ID)
_OOD = [BANDS.index(band) for band in OOD_BANDS]


@dataclasses.dataclass(frozen=True, eq=False)
class TaskResult:
  """The result of one task.

  Attributes:
    task: the task.
    skills: [seeds, bands].
    loss: [seeds, bands].
    outside: share of pre-activations beyond a table.
  """

  task: Task
  skills: np.ndarray
  loss: np.ndarray
  outside: float

  @property
  def ood_skill(self) -> np.ndarray:
    """[seeds]."""
    return np.asarray(self.skills[:, _OOD].mean(axis=1))

  @property
  def score(self) -> np.ndarray:
    """[seeds]."""
    return skill.score(self.ood_skill)

  @property
  def id_skill(self) -> float:
    return float(self.skills[:, _ID].mean())

  @property
  def id_loss(self) -> float:
    return float(self.loss[:, _ID].mean())

  @property
  def ood_loss(self) -> float:
    return float(self.loss[:, _OOD].mean())

  @property
  def is_finite(self) -> bool:
    """True if any seed has a finite loss in any band."""
    return bool(np.isfinite(self.loss).any())


@dataclasses.dataclass(frozen=True, eq=False)
class Block:
  """Tasks of one network.

  Attributes:
    number: among the blocks of a suite.
    family: the network.
    tasks: at most `family.num_side_by_side`.
  """

  number: int
  family: NetworkFamily
  tasks: tuple[Task, ...]

  def draw(self, seed: int, index: int) -> Problem:
    """The problem of one seed; the last task fills up what is missing."""
    missing = self.family.num_side_by_side - len(self.tasks)
    filled = [*self.tasks, *[self.tasks[-1]] * missing]
    return problem.draw(self.family, filled, seed, index)

  def results(
    self, metrics: Sequence[Metrics], problems: Sequence[Problem]
  ) -> list[TaskResult]:
    """The result of each task, from metrics and problems of all seeds."""
    loss, accuracy, outside = (
      np.stack([np.asarray(a, np.float64) for a in of_seeds])
      for of_seeds in zip(*metrics, strict=True)
    )  # [seeds, tasks, bands]
    trivial = np.stack([p.trivial for p in problems])
    return [
      _result(task, loss[:, i], accuracy[:, i], outside[:, i], trivial[:, i])
      for i, task in enumerate(self.tasks)
    ]


def blocks_of(tasks: Sequence[Task]) -> list[Block]:
  """The blocks of tasks, network by network."""
  jobs = [
    (family, tuple(members[start : start + family.num_side_by_side]))
    for name, family in FAMILIES.items()
    for members in [[task for task in tasks if task.network == name]]
    for start in range(0, len(members), family.num_side_by_side)
  ]
  return [Block(number, *job) for number, job in enumerate(jobs)]


def _result(
  task: Task,
  loss: np.ndarray,
  accuracy: np.ndarray,
  outside: np.ndarray,
  trivial: np.ndarray,
) -> TaskResult:
  """The result of a task; all arrays are [seeds, bands]."""
  if task.num_classes:
    skills = skill.classification_skill(accuracy, trivial)
    skills = np.where(np.isfinite(loss), skills, 0.0)
  else:
    skills = skill.regression_skill(loss, trivial)
  return TaskResult(task, skills, loss, float(outside.mean()))
