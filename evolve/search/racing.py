"""Races: further tasks with further seeds for the candidates that look best.

A value on one draw of tasks with one seed is an estimate, and the best of many
owe theirs to luck, too. A candidate whose value could be one of the best earns
a further draw of tasks, and one more as long as its mean could be; whatever it
had on the first draw, it is ranked by a lower confidence bound. Some members
of generation zero, the anchors, go through all draws: they tell how much
easier one draw is than another, and how much a value varies between draws.
This is successive halving (Karnin et al., ICML 2013) with the stopping rule of
Hoeffding races (Maron and Moore, NeurIPS 1993) and a known noise.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np

from harness.core.fitness import Report

# Far from each other and from the seeds that users give.
_SEEDS = 100_000_007


@dataclasses.dataclass(frozen=True)
class Races:
  """The settings of races.

  Attributes:
    num_draws: further draws of tasks; 0 turns races off.
    num_anchors: members of generation zero that go through all draws.
    num_best: candidates go on that could be among so many of the best.
    width: standard errors from a mean to its confidence bounds.
  """

  num_draws: int = 0
  num_anchors: int = 8
  num_best: int = 4
  width: float = 1.0

  @property
  def fitnesses(self) -> tuple[str, ...]:
    """The names of the further draws' fitnesses in the worker pool."""
    return tuple(f"further {i}" for i in range(1, self.num_draws + 1))

  def seeds(self, seed: int) -> tuple[int, ...]:
    """The seed for each further draw of a search with `seed`."""
    return tuple(seed + i * _SEEDS for i in range(1, self.num_draws + 1))

  def anchors(self, num_zero: int) -> set[int]:
    """The slots of the anchors, spread over generation zero."""
    count = min(self.num_anchors, num_zero) if self.num_draws else 0
    return set(np.linspace(0, num_zero - 1, count).round().astype(int).tolist())

  def cost_of(self, num_zero: int) -> int:
    """The work of generation zero, in evaluations in full."""
    return num_zero + self.num_draws * len(self.anchors(num_zero))


@dataclasses.dataclass(frozen=True)
class Noise:
  """The spread of values between draws of tasks, measured on the anchors.

  Attributes:
    offsets: for each further draw, by how much its values are above those of
      the first.
    deviation: the standard deviation of a value on one draw.
    width: see Races.
  """

  offsets: tuple[float, ...] = ()
  deviation: float = 0.0
  width: float = 0.0

  @classmethod
  def of(cls, reports: Sequence[Report], races: Races) -> "Noise":
    """The noise seen in the reports of anchors.

    Without two that went through all draws nothing is known, and 0 assumed.
    """
    values = np.array(
      [
        [report.value, *report.further]
        for report in reports
        if report.value is not None and len(report.further) == races.num_draws
      ]
    )
    if not races.num_draws or len(values) < 2:
      return cls((0.0,) * races.num_draws)
    offsets = (values - values[:, :1]).mean(axis=0)
    rest = values - offsets
    rest -= rest.mean(axis=1, keepdims=True)
    freedom = (len(values) - 1) * races.num_draws
    deviation = math.sqrt(float((rest**2).sum()) / freedom)
    return cls(tuple(offsets[1:].tolist()), deviation, races.width)

  def estimate(self, report: Report) -> float | None:
    """The mean of its values over draws, on the scale of the first one."""
    if report.value is None:
      return None
    further = zip(report.further, self.offsets, strict=False)
    return float(np.mean([report.value, *(v - o for v, o in further)]))

  def bound(self, report: Report) -> float | None:
    """The lower confidence bound of the estimate, by which it is ranked."""
    estimate = self.estimate(report)
    if estimate is None:
      return None
    return estimate - self._half_width(1 + len(report.further))

  def thresholds(self, best: float) -> tuple[float, ...]:
    """For each number of draws, the least mean value that earns a further one.

    Args:
      best: the bound that a candidate's upper bound has to reach.
    """
    shifts = np.cumsum([0.0, *self.offsets])[:-1]
    return tuple(
      best - self._half_width(count) + float(shift) / count
      for count, shift in enumerate(shifts, 1)
    )

  def _half_width(self, count: int) -> float:
    return self.width * self.deviation / math.sqrt(count)
