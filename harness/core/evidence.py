"""Estimates from the scores of tasks and seeds, with their intervals.

Tasks are a random draw from a population, or a fixed set. Of a draw, each
family is a stratum of fixed size, and a task's seeds (data, weights, batches)
are its own, so that the means of tasks are independent and their variance
within families holds the noise of seeds, too: an interval is Student's t over
tasks, with the degrees of freedom of Satterthwaite (Biometrics 2, 1946). Of a
fixed set, an interval is Student's t over seeds. tests/bench/coverage.py has
the comparison with other methods.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

# The range of scores, accuracies and values.
SCORES = (0.0, 1.0)
# Fewer give no interval: that of two is 13 standard errors to either side.
MIN_SEEDS = 3
# Fewer are a fixed set: they say little about a population.
MIN_TASKS = 8
ALPHA = 0.05
CONFIDENCE = 1 - ALPHA
# Scores in [0, 1] that differ by less are the same.
_ROUNDING = 1e-12

Bounds = tuple[float, float]
UNBOUNDED = (-math.inf, math.inf)


class Estimate(NamedTuple):
  """A value and its confidence interval, of 95% unless stated otherwise.

  Attributes:
    value: the estimate.
    low, high: ends of the interval; None where there is too little data.
  """

  value: float
  low: float | None = None
  high: float | None = None

  @property
  def interval(self) -> tuple[float, float] | None:
    if self.low is None or self.high is None:
      return None
    return self.low, self.high


class Difference(NamedTuple):
  """The lead of one activation over another.

  Attributes:
    estimate: mean over seeds and tasks.
    p_value: of the paired t-test that it is 0; None where there is too little
      data.
  """

  estimate: Estimate
  p_value: float | None


@dataclasses.dataclass(frozen=True, eq=False)
class TaskScores:
  """The scores of one activation.

  Attributes:
    values: [seeds, tasks], tasks by name.
    families: of the tasks, if they are drawn from a population; empty if they
      are a fixed set.
    names: of the tasks; empty where nobody asks for them.
  """

  values: np.ndarray
  families: tuple[str, ...] = ()
  names: tuple[str, ...] = ()

  @classmethod
  def of(
    cls,
    by_seed: Mapping[str, Sequence[float]],
    families: Mapping[str, str] | None = None,
  ) -> "TaskScores":
    """The scores by task, with the families of drawn tasks."""
    tasks = sorted(by_seed)
    return cls(
      np.array([by_seed[task] for task in tasks], np.float64).T,
      tuple(families[task] for task in tasks) if families else (),
      tuple(tasks),
    )

  @property
  def is_drawn(self) -> bool:
    """True if the tasks are drawn from a population."""
    return bool(self.families)

  def pairs_with(self, other: "TaskScores") -> bool:
    """True if the other scores are of as many seeds and tasks."""
    return (self.values.shape, self.families) == (
      other.values.shape,
      other.families,
    )


class _Error(NamedTuple):
  """A standard error, and its degrees of freedom."""

  size: float
  freedom: float


def over(*, drawn: bool) -> str:
  """The source of the spread in an interval, in words."""
  return (
    "over tasks and seeds (stratified Student's t)"
    if drawn
    else "over seeds (Student's t)"
  )


def mean(
  scores: TaskScores,
  confidence: float = CONFIDENCE,
  bounds: Bounds = UNBOUNDED,
) -> Estimate:
  """The mean over seeds and tasks, with its interval cut at the bounds."""
  value = float(scores.values.mean())
  error = _error(scores)
  if error is None:
    return Estimate(value)
  half = 0.0
  if error.size:
    quantile = special.stdtrit(error.freedom, (1 + confidence) / 2)
    half = float(quantile) * error.size
  return Estimate(
    value, max(bounds[0], value - half), min(bounds[1], value + half)
  )


def difference(
  ours: TaskScores, theirs: TaskScores, confidence: float = CONFIDENCE
) -> Difference:
  """Ours minus theirs, paired by task and seed (common random numbers).

  Raises:
    ValueError: the scores are not of the same tasks and seeds.
  """
  if not ours.pairs_with(theirs):
    shapes = f"{ours.values.shape} and {theirs.values.shape}"
    raise ValueError(f"{shapes} don't pair, or their families differ")
  gains = TaskScores(ours.values - theirs.values, ours.families)
  estimate, error = mean(gains, confidence), _error(gains)
  if error is None:
    return Difference(estimate, None)
  if error.size < _ROUNDING:  # The test would divide by zero.
    return Difference(estimate, float(abs(estimate.value) < _ROUNDING))
  statistic = abs(estimate.value) / error.size
  return Difference(
    estimate, float(2 * special.stdtr(error.freedom, -statistic))
  )


def share_of_wins(ours: TaskScores, theirs: TaskScores) -> np.ndarray:
  """[tasks], the share of pairs of trainings that ours wins; a tie is half."""
  signs = np.sign(ours.values[:, None] - theirs.values[None])
  share: np.ndarray = (signs.mean(axis=(0, 1)) + 1) / 2
  return share


def _error(scores: TaskScores) -> _Error | None:
  """The standard error of the mean; None where there is too little data."""
  if scores.is_drawn:
    return _over_tasks(scores.values.mean(axis=0), scores.families)
  return _over_seeds(scores.values.mean(axis=1))


def _over_seeds(by_seed: np.ndarray) -> _Error | None:
  count = len(by_seed)
  if count < MIN_SEEDS:
    return None
  return _Error(float(np.std(by_seed, ddof=1)) / math.sqrt(count), count - 1)


def _over_tasks(by_task: np.ndarray, families: Sequence[str]) -> _Error | None:
  strata = _strata(families)
  if len(by_task) < 2:
    return None
  sizes = np.array([len(members) for members in strata])
  variances = np.array([np.var(by_task[m], ddof=1) for m in strata])
  parts = sizes * variances / len(by_task) ** 2
  total = float(parts.sum())
  if not total:
    return _Error(0.0, math.inf)
  return _Error(math.sqrt(total), total**2 / (parts**2 / (sizes - 1)).sum())


def _strata(families: Sequence[str]) -> list[list[int]]:
  """Indices of tasks by family; those of a single task join the smallest."""
  members: dict[str, list[int]] = {}
  for index, family in enumerate(families):
    members.setdefault(family, []).append(index)
  strata = sorted(members.values(), key=len)
  while len(strata) > 1 and len(strata[0]) < 2:
    strata = sorted([strata[0] + strata[1], *strata[2:]], key=len)
  return strata
