"""Statistics against closed forms."""

import math

import numpy as np
import pytest
from rliable import metrics
from scipy import stats

from harness.core.evidence import Estimate, TaskScores
from harness.reporting import statistics

RNG = np.random.default_rng(0)


def _improvement(ours: np.ndarray, theirs: np.ndarray) -> Estimate:
  """For a fixed set of tasks."""
  pair = TaskScores(ours), TaskScores(theirs)
  return statistics.probability_of_improvement(*pair, 0)


def test_a_mean_has_students_interval() -> None:
  found = statistics.mean([1.0, 2.0, 3.0])
  half = 4.302652729911275 * 1.0 / math.sqrt(3)  # t with 2 degrees of freedom
  assert found == pytest.approx((2.0, 2.0 - half, 2.0 + half))


def test_a_single_seed_has_no_interval() -> None:
  scores = np.array([[0.25, 0.5, 0.75]])
  assert statistics.mean([0.5]) == Estimate(0.5)
  assert statistics.interquartile_mean(scores, 0) == Estimate(0.5)
  assert _improvement(scores, scores).low is None


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
  found = _improvement(ours, theirs)
  assert found.value == (0 + 0 + 1 + 0.5) / 4


def test_probability_of_improvement_is_rliables() -> None:
  ours, theirs = RNG.random((5, 7)), RNG.random((4, 7))
  found = _improvement(ours, theirs)
  assert found.value == pytest.approx(
    metrics.probability_of_improvement(ours, theirs)
  )


def test_bootstrap_intervals_are_binomial_for_coins() -> None:
  """Of 40 seeds 20 win: resampled wins are binomial, their quantiles known."""
  ours = np.repeat([0.0, 1.0], 20)[:, None]
  theirs = np.full((40, 1), 0.5)
  found = _improvement(ours, theirs)
  expected = stats.binom(40, 0.5).ppf([0.025, 0.975]) / 40
  # A quantile of 2,000 resamples may be a win off.
  assert (found.low, found.high) == pytest.approx(tuple(expected), abs=0.026)


def test_students_interval_holds_what_it_promises() -> None:
  """It covers the true mean 95 times in a hundred, with 4 seeds."""
  samples = np.random.default_rng(1).normal(0.3, 1.0, (2000, 4))
  intervals = [statistics.mean(row.tolist()) for row in samples]
  covered = np.mean(
    [e.low <= 0.3 <= e.high for e in intervals if e.low and e.high]
  )
  assert 0.94 < covered < 0.96


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


def test_the_same_seed_gives_the_same_interval() -> None:
  scores = RNG.random((4, 8))
  before = np.random.get_state()[1].copy()
  found = [statistics.interquartile_mean(scores, seed) for seed in (3, 3, 4)]
  assert found[0] == found[1] != found[2]
  assert (np.random.get_state()[1] == before).all()


def test_improvement_has_an_interval_over_drawn_tasks() -> None:
  """One seed is enough: of 40 tasks 30 are won, for certain."""
  wins = np.repeat([1.0, 0.0], [30, 10])[None]
  families = tuple("ab" * 20)
  found = statistics.probability_of_improvement(
    TaskScores(wins, families), TaskScores(np.full((1, 40), 0.5), families), 0
  )
  half = stats.t.ppf(0.975, 38) * math.sqrt(2 * 20 * (0.1875 * 20 / 19)) / 40
  assert found == pytest.approx((0.75, 0.75 - half, 0.75 + half))


@pytest.mark.parametrize("shape", [(1, 3), (2, 2), (4, 6), (5, 7)])
def test_interquartile_mean_is_rliables(shape: tuple[int, int]) -> None:
  scores = RNG.random(shape)
  found = statistics.interquartile_mean(scores, 0)
  assert found.value == pytest.approx(metrics.aggregate_iqm(scores))
