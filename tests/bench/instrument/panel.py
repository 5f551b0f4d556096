"""Skills of reference functions on the tasks of a suite, as arrays."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy import stats

from tasks.lab import registry
from tasks.lab.suites import Suite
from tests.bench.instrument import measure

_RESAMPLES = 2000


@dataclasses.dataclass(frozen=True)
class Panel:
  """F functions on T tasks.

  Attributes:
    functions: their names.
    tasks: their names.
    families: of each task.
    generators: of each task.
    skills: OOD skill, [F, T, seeds].
  """

  functions: tuple[str, ...]
  tasks: tuple[str, ...]
  families: np.ndarray
  generators: np.ndarray
  skills: np.ndarray

  @classmethod
  def read(cls, suite: str, name: str) -> "Panel":
    """The panel of a measurement; functions that diverged are left out.

    So are tasks that are drawn otherwise since: leaf_sum's parameters have
    other bounds now.
    """
    rows = [r for r in measure.read(name) if r["status"] == "OK"]
    _, drawn = registry.select(Suite.of(suite))
    tasks = [t for t in drawn if t.name in rows[0]["scores_by_seed"]]
    return cls(
      tuple(row["function"] for row in rows),
      tuple(task.name for task in tasks),
      np.array([task.family for task in tasks]),
      np.array([task.generator for task in tasks]),
      np.array(
        [[row["scores_by_seed"][t.name] for t in tasks] for row in rows]
      ),
    )

  @property
  def mean_skills(self) -> np.ndarray:
    """Over seeds, [F, T]."""
    means: np.ndarray = self.skills.mean(axis=2)
    return means

  def only(self, tasks: np.ndarray) -> "Panel":
    """The panel of some tasks, given by a mask [T] or indices."""
    return dataclasses.replace(
      self,
      tasks=tuple(np.array(self.tasks)[tasks]),
      families=self.families[tasks],
      generators=self.generators[tasks],
      skills=self.skills[:, tasks],
    )

  def of(self, functions: Sequence[str]) -> "Panel":
    """The panel of some functions, in their order."""
    places = [self.functions.index(name) for name in functions]
    return dataclasses.replace(
      self, functions=tuple(functions), skills=self.skills[places]
    )

  def halves(self) -> tuple["Panel", "Panel"]:
    """Two halves of the tasks, each with half of every family.

    Tasks of a generator are dealt out by turns.
    """
    order = sorted(
      range(len(self.tasks)),
      key=lambda t: (self.families[t], self.generators[t], self.tasks[t]),
    )
    return self.only(np.array(order[::2])), self.only(np.array(order[1::2]))


def shared(*panels: Panel) -> list[Panel]:
  """The panels of the functions that all of them have."""
  names = [
    name
    for name in panels[0].functions
    if all(name in panel.functions for panel in panels)
  ]
  return [panel.of(names) for panel in panels]


def spearman(a: np.ndarray, b: np.ndarray) -> float:
  return float(stats.spearmanr(a, b).statistic)


def with_interval(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float]:
  """Spearman's correlation, with a 95% percentile bootstrap over functions."""
  rng = np.random.default_rng(0)
  draws = rng.integers(len(a), size=(_RESAMPLES, len(a)))
  found = [spearman(a[draw], b[draw]) for draw in draws]
  low, high = np.nanquantile(found, [0.025, 0.975])
  return spearman(a, b), float(low), float(high)


def better_half(values: np.ndarray) -> np.ndarray:
  """The indices of the functions that are at or above the median."""
  return np.flatnonzero(values >= np.median(values))
