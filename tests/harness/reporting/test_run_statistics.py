"""Statistics over runs, against closed forms and known truths."""

import math

import numpy as np
import pytest
from scipy import stats

from harness.core.evidence import Estimate
from harness.reporting import run_statistics
from harness.reporting.run_statistics import (
  MAX_SPLITS,
  difference,
  permutation_test,
  ratio,
  ratio_of_groups,
)

RNG = np.random.default_rng(0)
LOW, HIGH = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.7, 0.8, 0.9, 1.0, 1.1, 1.2]


def test_six_runs_above_six_others_are_one_split_of_924() -> None:
  assert math.comb(12, 6) == 924
  above, two_sided, is_exact = permutation_test(HIGH, LOW, 0)
  assert (above, two_sided) == pytest.approx((1 / 924, 2 / 924))
  assert is_exact
  assert permutation_test(LOW, HIGH, 0)[:2] == pytest.approx((1, 2 / 924))
  assert run_statistics.least_p_value(6, 6) == pytest.approx(two_sided)


def test_ties_count_as_extreme() -> None:
  # Of the 6 splits, 2 have the sum of ours and 4 a smaller one.
  found = permutation_test([2.0, 1.0], [1.0, 0.0], 0)
  assert found[:2] == pytest.approx((2 / 6, 4 / 6))
  assert permutation_test([0.1] * 3, [0.1] * 3, 0)[:2] == (1, 1)


def test_permutation_test_is_scipys() -> None:
  ours, theirs = RNG.normal(0.5, 1, 5), RNG.normal(0, 1, 7)
  found = permutation_test(ours.tolist(), theirs.tolist(), 0)
  for p_value, alternative in zip(
    found, ("greater", "two-sided"), strict=False
  ):
    expected = stats.permutation_test(
      (ours, theirs),
      lambda a, b: a.mean() - b.mean(),
      n_resamples=np.inf,
      alternative=alternative,
    )
    assert p_value == pytest.approx(expected.pvalue)


def test_many_runs_are_split_at_random() -> None:
  ours, theirs = RNG.normal(0.6, 1, 30), RNG.normal(0, 1, 30)
  found = permutation_test(ours.tolist(), theirs.tolist(), 0)
  assert not found.is_exact
  assert found == permutation_test(ours.tolist(), theirs.tolist(), 0)
  expected = stats.ttest_ind(ours, theirs).pvalue
  assert found.two_sided == pytest.approx(expected, rel=0.1)
  # The split that is ours is one of them, however far it is out.
  far = permutation_test((ours + 9).tolist(), theirs.tolist(), 0)
  assert far.above == pytest.approx(1 / MAX_SPLITS)


def test_a_difference_has_welchs_interval() -> None:
  ours, theirs = RNG.normal(0.5, 2, 6), RNG.normal(0, 1, 3)
  found = difference(ours.tolist(), theirs.tolist(), 0.99)
  welch = stats.ttest_ind(ours, theirs, equal_var=False)
  interval = welch.confidence_interval(0.99)
  assert found.value == pytest.approx(ours.mean() - theirs.mean())
  assert found[1:] == pytest.approx((interval.low, interval.high))


def test_runs_without_spread_and_too_few_runs() -> None:
  assert difference([2.0] * 3, [1.0] * 3) == (1.0, 1.0, 1.0)
  assert difference([2.0] * 2, [1.0] * 3) == Estimate(1.0)
  assert ratio([1.0, 2.0], [2.0, 4.0]) == Estimate(0.5)
  assert ratio_of_groups([1.0, 2.0, 3.0], [4.0]) == Estimate(0.5)


def test_the_same_ratio_in_all_runs_is_known_exactly() -> None:
  found = ratio([1.0, 1.1, 1.2], [2.0, 2.2, 2.4])
  assert found == pytest.approx((0.5, 0.5, 0.5))


def test_ends_of_a_ratio_are_where_the_paired_test_rejects() -> None:
  before = RNG.normal(1, 0.2, 6)
  after = 0.7 * before + RNG.normal(0, 0.1, 6)
  found = ratio(after.tolist(), before.tolist())
  assert found.low < found.value < found.high  # type: ignore[operator]
  for end in found[1:]:
    p_value = stats.ttest_1samp(after - end * before, 0.0).pvalue
    assert p_value == pytest.approx(0.05)


def test_ends_of_a_ratio_of_groups_are_where_a_difference_vanishes() -> None:
  ours, theirs = RNG.normal(0.8, 0.1, 6), RNG.normal(1, 0.1, 3)
  found = ratio_of_groups(ours.tolist(), theirs.tolist())
  scaled = theirs * found.value
  freedom = stats.ttest_ind(ours, scaled, equal_var=False).df
  for end in found[1:]:
    error = math.hypot(stats.sem(ours), end * stats.sem(theirs))
    t = (ours.mean() - end * theirs.mean()) / error
    assert abs(t) == pytest.approx(stats.t.ppf(0.975, freedom))


def test_no_interval_over_a_denominator_that_may_be_0() -> None:
  around = [-1.0, 0.5, 1.0, -0.2]
  assert ratio([1.0, 1.1, 0.9, 1.0], around).low is None
  assert ratio_of_groups([1.0, 1.1, 0.9], around).low is None


def test_intervals_of_ratios_cover_the_truth() -> None:
  """95 times in a hundred, with the numbers of runs that searches have."""
  rng = np.random.default_rng(1)
  before = rng.normal(1.0, 0.2, (2000, 6))
  after = 0.7 * before + rng.normal(0.0, 0.1, (2000, 6))
  paired = map(ratio, after.tolist(), before.tolist())
  formulas = rng.normal(0.8, 0.1, (2000, 6)).tolist()
  curves = rng.normal(1.0, 0.1, (2000, 3)).tolist()
  grouped = map(ratio_of_groups, formulas, curves)
  assert 0.94 < _coverage(0.7, list(paired)) < 0.96
  # Satterthwaite's freedom is that of the estimate, not of the truth.
  assert 0.93 < _coverage(0.8, list(grouped)) < 0.97


def _coverage(truth: float, found: list[Estimate]) -> float:
  ends = [e.interval for e in found if e.interval]
  assert len(ends) > 0.99 * len(found)
  return float(np.mean([low <= truth <= high for low, high in ends]))
