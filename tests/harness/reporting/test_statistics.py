"""Statistics against closed forms."""

import math

import numpy as np
import pytest
from rliable import metrics
from scipy import stats

from harness.reporting import statistics
from harness.reporting.statistics import Difference, Estimate

RNG = np.random.default_rng(0)


def test_a_mean_has_students_interval() -> None:
  found = statistics.mean([1.0, 2.0, 3.0])
  half = 4.302652729911275 * 1.0 / math.sqrt(3)  # t with 2 degrees of freedom
  assert found == pytest.approx((2.0, 2.0 - half, 2.0 + half))


def test_a_single_seed_has_no_interval() -> None:
  scores = np.array([[0.25, 0.5, 0.75]])
  assert statistics.mean([0.5]) == Estimate(0.5)
  assert statistics.interquartile_mean(scores, 0) == Estimate(0.5)
  assert statistics.probability_of_improvement(scores, scores, 0).low is None
  assert statistics.paired_difference(scores, scores).p_value is None


def test_interquartile_mean_drops_a_quarter_on_either_side() -> None:
  scores = np.array([[0.0, 0.1, 0.2, 0.3], [0.4, 0.5, 0.6, 100.0]])
  found = statistics.interquartile_mean(scores, 0)
  assert found.value == pytest.approx((0.2 + 0.3 + 0.4 + 0.5) / 4)


def test_interquartile_mean_without_spread() -> None:
  found = statistics.interquartile_mean(np.full((4, 6), 0.5), 0)
  assert found == (0.5, 0.5, 0.5)


def test_interquartile_mean_resamples_tasks_too() -> None:
  """Seeds agree on each task, so that only resampled tasks can differ."""
  scores = np.tile([0.0, 0.0, 1.0, 1.0], (5, 1))
  found = statistics.interquartile_mean(scores, 0)
  # Four of four tasks are alike with probability 1/16 for either kind, which
  # is more than 2.5%: the interval is all there is.
  assert found == (0.5, 0.0, 1.0)


def test_probability_of_improvement_counts_pairs() -> None:
  ours, theirs = np.array([[0.2], [0.6]]), np.array([[0.4], [0.6]])
  found = statistics.probability_of_improvement(ours, theirs, 0)
  assert found.value == (0 + 0 + 1 + 0.5) / 4


def test_probability_of_improvement_is_rliables() -> None:
  ours, theirs = RNG.random((5, 7)), RNG.random((4, 7))
  found = statistics.probability_of_improvement(ours, theirs, 0)
  assert found.value == pytest.approx(
    metrics.probability_of_improvement(ours, theirs)
  )


def test_bootstrap_intervals_are_binomial_for_coins() -> None:
  """Of 40 seeds 20 win: resampled wins are binomial, their quantiles known."""
  ours = np.repeat([0.0, 1.0], 20)[:, None]
  theirs = np.full((40, 1), 0.5)
  found = statistics.probability_of_improvement(ours, theirs, 0)
  expected = stats.binom(40, 0.5).ppf([0.025, 0.975]) / 40
  # A quantile of 2,000 resamples may be a win off.
  assert (found.low, found.high) == pytest.approx(tuple(expected), abs=0.026)


def test_paired_differences_are_the_paired_t_test() -> None:
  ours, theirs = RNG.random((6, 4)), RNG.random((6, 4))
  found = statistics.paired_difference(ours, theirs)
  expected = stats.ttest_rel(ours.mean(axis=1), theirs.mean(axis=1))
  interval = expected.confidence_interval()
  assert found.p_value == pytest.approx(expected.pvalue)
  assert found.estimate == pytest.approx(
    ((ours - theirs).mean(), interval.low, interval.high)
  )


def test_common_seeds_cancel() -> None:
  """Effects of seeds and tasks that both share cancel in the difference."""
  theirs = RNG.integers(0, 8, (5, 4)) / 8  # Exact in binary.
  found = statistics.paired_difference(theirs + 0.25, theirs)
  assert found == Difference(Estimate(0.25, 0.25, 0.25), 0.0)


def test_nothing_differs_from_itself() -> None:
  scores = RNG.random((3, 4))
  found = statistics.paired_difference(scores, scores)
  assert found == Difference(Estimate(0.0, 0.0, 0.0), 1.0)


def test_other_tasks_do_not_pair() -> None:
  with pytest.raises(ValueError, match="don't pair"):
    statistics.paired_difference(np.zeros((2, 3)), np.zeros((2, 4)))


def test_students_interval_holds_what_it_promises() -> None:
  """It covers the true mean 95 times in a hundred, with 4 seeds."""
  samples = np.random.default_rng(1).normal(0.3, 1.0, (2000, 4))
  intervals = [statistics.mean(row.tolist()) for row in samples]
  covered = np.mean(
    [e.low <= 0.3 <= e.high for e in intervals if e.low and e.high]
  )
  assert 0.94 < covered < 0.96


def test_holm_multiplies_by_how_many_are_left() -> None:
  found = statistics.holm([0.01, 0.04, 0.03])
  assert [t.p_value for t in found] == pytest.approx([0.03, 0.06, 0.06])
  # The factors are 3, 0.06 / 0.04 for one that waits for another, and 2.
  assert [1 - t.confidence for t in found] == pytest.approx(
    [0.05 / 3, 0.05 / 1.5, 0.05 / 2]
  )
  found = statistics.holm([0.5, 0.9, 0.0])
  assert [t.p_value for t in found] == pytest.approx([1.0, 1.0, 0.0])
  assert [1 - t.confidence for t in found] == pytest.approx(
    [0.05 / 2, 0.05 / (1 / 0.9), 0.05 / 3]
  )
  assert statistics.holm([]) == []


def test_adjusted_intervals_exclude_0_where_holm_rejects() -> None:
  shifts = np.linspace(0, 1.5, 12)
  pairs = [(RNG.normal(s, 1, (8, 3)), RNG.normal(0, 1, (8, 3))) for s in shifts]
  p_values = [statistics.paired_difference(*pair).p_value for pair in pairs]
  verdicts = []
  for pair, test in zip(pairs, statistics.holm(p_values), strict=True):
    interval = statistics.paired_difference(*pair, test.confidence).estimate
    assert interval.low is not None and interval.high is not None
    excludes_0 = not interval.low <= 0 <= interval.high
    assert excludes_0 == (test.p_value < statistics.ALPHA)
    verdicts.append(excludes_0)
  assert set(verdicts) == {True, False}


def test_log_ratio_of_half_the_loss() -> None:
  found = statistics.log_ratio([0.5, 1.0, 2.0], [1.0, 2.0, 4.0], 0)
  assert found == Estimate(pytest.approx(math.log(2)))


def test_log_ratio_leaves_out_what_is_not_finite() -> None:
  losses = [math.inf, 1.0, 4.0, math.nan]
  found = statistics.log_ratio(losses, [1.0, 1.0, 1.0, 1.0], 0)
  assert found and found.value == pytest.approx(-math.log(4) / 2)
  assert statistics.log_ratio([math.inf], [1.0], 0) is None


def test_log_ratios_have_an_interval_over_tasks() -> None:
  losses = np.exp(-RNG.normal(0.5, 0.1, 30))
  found = statistics.log_ratio(losses.tolist(), [1.0] * 30, 0)
  assert found and found.low and found.high
  half = 1.96 * 0.1 / math.sqrt(30)
  assert found.high - found.low == pytest.approx(2 * half, rel=0.3)
  assert found.low < found.value < found.high


def test_rank_correlation_by_hand() -> None:
  # d^2 is 1 + 1 + 1 + 1 + 0: rho = 1 - 6 * 4 / (5 * 24).
  found = statistics.rank_correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0)
  assert found and found.value == pytest.approx(0.8)


def test_rank_correlation_has_an_interval() -> None:
  a = RNG.normal(size=40)
  b = a + RNG.normal(size=40)
  found = statistics.rank_correlation(a.tolist(), b.tolist(), 0)
  assert found and found.low and found.high
  # Fisher's approximation, with Bonett and Wright's variance for ranks.
  error = math.sqrt((1 + found.value**2 / 2) / 37)
  expected = np.tanh(np.arctanh(found.value) + 1.96 * error * np.array([-1, 1]))
  assert (found.low, found.high) == pytest.approx(tuple(expected), abs=0.1)


def test_rank_correlation_needs_pairs_and_an_order() -> None:
  assert statistics.rank_correlation([1, 2, 3, 4], [1, 2, 3, 4], 0) is None
  assert statistics.rank_correlation([1] * 6, [1, 2, 3, 4, 5, 6], 0) is None


def test_the_same_seed_gives_the_same_interval() -> None:
  scores = RNG.random((4, 8))
  before = np.random.get_state()[1].copy()
  found = [statistics.interquartile_mean(scores, seed) for seed in (3, 3, 4)]
  assert found[0] == found[1] != found[2]
  assert (np.random.get_state()[1] == before).all()


def test_scores_as_an_array() -> None:
  found = statistics.as_array({"b": (0.1, 0.2), "a": (0.3, 0.4)})
  assert found.tolist() == [[0.3, 0.1], [0.4, 0.2]]


@pytest.mark.parametrize("shape", [(1, 3), (2, 2), (4, 6), (5, 7)])
def test_interquartile_mean_is_rliables(shape: tuple[int, int]) -> None:
  scores = RNG.random(shape)
  found = statistics.interquartile_mean(scores, 0)
  assert found.value == pytest.approx(metrics.aggregate_iqm(scores))
