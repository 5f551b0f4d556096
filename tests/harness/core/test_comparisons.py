"""Verdicts on several pairs, and their adjustment, against statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from harness.core import comparisons
from harness.core.comparisons import NO_DIFFERENCE
from harness.core.evidence import TaskScores

RNG = np.random.default_rng(0)
SEEDS = np.linspace(0, 0.01, 6)[:, None]  # Any noise between seeds.


def _drawn(values: object, families: str) -> TaskScores:
  return TaskScores(np.array(values, np.float64), tuple(families))


def test_holm_multiplies_by_how_many_are_left() -> None:
  found = comparisons.holm([0.01, 0.04, 0.03])
  assert [t.p_value for t in found] == pytest.approx([0.03, 0.06, 0.06])
  # The factors are 3, 0.06 / 0.04 for one that waits for another, and 2.
  assert [1 - t.confidence for t in found] == pytest.approx(
    [0.05 / 3, 0.05 / 1.5, 0.05 / 2]
  )
  found = comparisons.holm([0.5, 0.9, 0.0])
  assert [t.p_value for t in found] == pytest.approx([1.0, 1.0, 0.0])
  assert [1 - t.confidence for t in found] == pytest.approx(
    [0.05 / 2, 0.05 / (1 / 0.9), 0.05 / 3]
  )
  assert comparisons.holm([]) == []
  # As if three others had been tested, that were none of the smallest.
  found = comparisons.holm([0.01, 0.001], further=3)
  assert [t.p_value for t in found] == pytest.approx([0.04, 0.005])


def test_holm_is_that_of_statsmodels() -> None:
  p_values = RNG.beta(0.2, 1, 30)
  found = [test.p_value for test in comparisons.holm(p_values.tolist())]
  assert found == pytest.approx(multipletests(p_values, 0.05, "holm")[1])


@pytest.mark.parametrize("families", ["", "a" * 6 + "b" * 6])
def test_adjusted_intervals_exclude_0_where_holm_rejects(families: str) -> None:
  pairs = {
    shift: (
      _drawn(RNG.normal(shift, 1, (8, 12)), families),
      _drawn(RNG.normal(0, 1, (8, 12)), families),
    )
    for shift in np.linspace(0, 1, 12)
  }
  verdicts = set()
  for found in comparisons.compare(pairs).values():
    low, high = found.difference.estimate.interval or (0.0, 0.0)
    assert (low > 0 or high < 0) == (found.verdict != NO_DIFFERENCE)
    verdicts.add(found.verdict)
  assert {"better", NO_DIFFERENCE} <= verdicts


@pytest.mark.parametrize(
  ("gains", "verdict"),
  [
    ([0.1, 0.2, 0.3], "better"),
    ([-0.1, -0.2, -0.3], "worse"),
    ([0.9, -0.1, -0.2], "higher mean, loses more often than it wins (0.33)"),
    ([-0.9, 0.1, 0.2], "lower mean, wins more often than it loses (0.67)"),
    ([0.5, -0.5, 0.0], NO_DIFFERENCE),
  ],
)
def test_a_verdict_weighs_means_and_wins(
  gains: list[float], verdict: str
) -> None:
  theirs = 0.5 + SEEDS * np.ones(3)
  ours = theirs + np.array(gains) + SEEDS * np.array([1, -1, 0])
  pair = TaskScores(ours), TaskScores(theirs)
  assert comparisons.compare({"": pair})[""].verdict == verdict


def test_a_mean_gain_on_fixed_tasks_need_not_be_one_on_their_population() -> (
  None
):
  """Ten seeds agree on a gain that comes from one task of eight."""
  theirs = 0.5 + RNG.normal(0, 0.001, (10, 8))
  ours = theirs + np.array([0.4, *[0.0] * 7]) + RNG.normal(0, 0.001, (10, 8))
  verdicts = {
    families: comparisons.compare(
      {"": (_drawn(ours, families), _drawn(theirs, families))}
    )[""].difference.p_value
    for families in ("", "a" * 8)
  }
  assert verdicts[""] < 1e-6 and verdicts["a" * 8] > 0.3
