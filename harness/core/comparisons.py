"""Tests of several pairs of activations, adjusted for their number."""

import dataclasses
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from harness.core.evidence import (
  ALPHA,
  CONFIDENCE,
  Difference,
  TaskScores,
  difference,
  share_of_wins,
)

NO_DIFFERENCE = "no difference shown"


class Adjusted(NamedTuple):
  """A test among several, adjusted for their number by Holm's method.

  Attributes:
    p_value: below ALPHA where the test rejects.
    confidence: of the interval that excludes 0 exactly where the test rejects.
  """

  p_value: float
  confidence: float


def holm(p_values: Sequence[float], further: int = 0) -> list[Adjusted]:
  """Tests adjusted for their number, so that errors don't add up.

  By Holm, Scandinavian Journal of Statistics 6, 1979. Each interval has the
  level at which the method tests its p-value, so it never disagrees with the
  verdict.

  Args:
    p_values: of the tests.
    further: tests that would have been made, had the data been others.
  """
  found: dict[int, Adjusted] = {}
  highest = 0.0
  for place, index in enumerate(np.argsort(p_values, kind="stable").tolist()):
    p_value, left = p_values[index], len(p_values) + further - place
    highest = min(1.0, max(highest, left * p_value))
    # A test that waits for another has the other's level.
    factor = max(left, highest / p_value) if p_value else left
    found[index] = Adjusted(highest, 1 - ALPHA / factor)
  return [found[index] for index in range(len(p_values))]


@dataclasses.dataclass(frozen=True)
class Comparison:
  """One activation against another, among several that are compared.

  Attributes:
    difference: ours minus theirs; its interval is adjusted, its p-value not.
    wins: the probability that a training of ours beats one of theirs.
    confidence: of the adjusted interval.
    adjusted: the p-value adjusted for all comparisons; None where there is too
      little data.
    is_drawn: whether it is about a population of tasks.
  """

  difference: Difference
  wins: float
  confidence: float
  adjusted: float | None
  is_drawn: bool

  @property
  def verdict(self) -> str:
    """The result in words, which weigh the mean and the share of wins.

    No difference is shown where data are too few, either.
    """
    if self.adjusted is None or self.adjusted >= ALPHA:
      return NO_DIFFERENCE
    is_higher = self.difference.estimate.value > 0
    if is_higher and self.wins < 0.5:
      return f"higher mean, loses more often than it wins ({self.wins:.2f})"
    if not is_higher and self.wins > 0.5:
      return f"lower mean, wins more often than it loses ({self.wins:.2f})"
    return "better" if is_higher else "worse"

  @property
  def numbers(self) -> str:
    """The difference and its adjusted interval, for a sentence."""
    value, low, high = self.difference.estimate
    if low is None or high is None:
      return f"{value:+.3f}"
    return f"{value:+.3f}, {low:+.3f} to {high:+.3f}"


_Key = TypeVar("_Key", bound=Hashable)


def compare(
  pairs: Mapping[_Key, tuple[TaskScores, TaskScores]], further: int = 0
) -> dict[_Key, Comparison]:
  """Tests all pairs; verdicts and intervals are adjusted for their number.

  Args:
    pairs: ours and theirs.
    further: see `holm`.
  """
  p_values = {
    key: p_value
    for key, pair in pairs.items()
    if (p_value := difference(*pair).p_value) is not None
  }
  adjusted = dict(
    zip(p_values, holm([*p_values.values()], further), strict=True)
  )
  found = {}
  for key, (ours, theirs) in pairs.items():
    test = adjusted.get(key)
    confidence = test.confidence if test else CONFIDENCE
    found[key] = Comparison(
      difference(ours, theirs, confidence),
      float(share_of_wins(ours, theirs).mean()),
      confidence,
      test and test.p_value,
      ours.is_drawn,
    )
  return found
