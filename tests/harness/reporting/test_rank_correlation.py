"""Rank correlations against closed forms and published tables."""

import math

import numpy as np
import pytest
from scipy import stats

from harness.reporting import rank_correlation

RNG = np.random.default_rng(0)


def test_rank_correlation_by_hand() -> None:
  # d^2 is 1 + 1 + 1 + 1 + 0: rho = 1 - 6 * 4 / (5 * 24).
  found = rank_correlation.correlate([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
  assert found and found.estimate.value == pytest.approx(0.8)
  # atanh(0.8) = 1.0986, and its error sqrt(1.32 / 2) = 0.8124.
  assert found.estimate.low == pytest.approx(
    math.tanh(1.0986 - 1.96 * 0.8124), abs=1e-4
  )
  # 16 of the 120 orders.
  assert found.p_value == pytest.approx(16 / 120)


def test_rank_correlation_covers_the_truth() -> None:
  """Of bivariate normal pairs rho is 6 / pi asin(r / 2)."""
  r, covered = 0.6, 0
  truth = 6 / math.pi * math.asin(r / 2)
  for _ in range(400):
    a = RNG.normal(size=20)
    b = r * a + math.sqrt(1 - r**2) * RNG.normal(size=20)
    found = rank_correlation.correlate(a.tolist(), b.tolist())
    assert found and found.estimate.low and found.estimate.high
    covered += found.estimate.low <= truth <= found.estimate.high
  assert 0.92 < covered / 400 < 0.98


def test_interval_and_test_agree_at_the_smallest_correlation() -> None:
  for count in (5, 12, 22, 100):
    smallest = rank_correlation.smallest_correlation(count)
    assert smallest
    error = rank_correlation._fisher_error(smallest, count)
    assert math.atanh(smallest) == pytest.approx(1.959964 * error)
  assert rank_correlation.smallest_correlation(22) == pytest.approx(
    0.439, abs=5e-4
  )
  assert rank_correlation.smallest_correlation(4) is None


def test_pairs_in_order_have_no_interval_but_a_p_value() -> None:
  found = rank_correlation.correlate([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6])
  assert found and found.estimate.value == pytest.approx(1.0)
  assert found.estimate.interval is None
  assert found.p_value == pytest.approx(2 / 720)
  many = [float(i) for i in range(12)]
  found = rank_correlation.correlate(many, many[::-1])
  assert found and found.p_value == pytest.approx(2 / math.factorial(12))
  groups = [0.0] * 6 + [1.0] * 6
  found = rank_correlation.correlate(groups, groups)
  assert found and found.p_value == pytest.approx(2 / math.comb(12, 6))


def test_few_pairs_are_compared_with_all_their_orders() -> None:
  """By SciPy's permutation test, with ties, too."""
  for count in (5, 7):
    a, b = RNG.normal(size=count), RNG.normal(size=count).round()
    found = rank_correlation.correlate(a.tolist(), b.tolist())
    expected = stats.permutation_test(
      (b,),
      lambda order, a=a: stats.spearmanr(a, order).statistic,
      permutation_type="pairings",
      n_resamples=np.inf,
    )
    assert found and found.p_value == pytest.approx(expected.pvalue)


def test_rank_correlation_needs_pairs_and_an_order() -> None:
  assert rank_correlation.correlate([1, 2, 3, 4], [1, 2, 3, 4]) is None
  assert rank_correlation.correlate([1] * 6, [1, 2, 3, 4, 5, 6]) is None


def test_reliability_of_true_scores_and_noise() -> None:
  """Reliability is the share of the variance that is no noise."""
  rng = np.random.default_rng(0)
  true = rng.normal(size=(400, 1))
  parts = true + 2 * rng.normal(size=(400, 8))
  found = rank_correlation.reliability(parts, ["a", "b"] * 4, 0)
  # 1 / (1 + 4 / 8); Spearman's rho is a little below Pearson's r.
  assert found == pytest.approx(2 / 3, abs=0.04)
  assert (
    rank_correlation.reliability(rng.normal(size=(400, 8)), [""] * 8, 0) < 0.2
  )


def test_reliability_needs_parts_scores_and_an_order() -> None:
  parts = np.arange(12.0).reshape(6, 2)
  assert rank_correlation.reliability(parts, ["", ""], 0) == pytest.approx(1.0)
  assert rank_correlation.reliability(parts[:, :1], [""], 0) is None
  assert rank_correlation.reliability(parts[:4], ["", ""], 0) is None
  assert rank_correlation.reliability(np.ones((6, 2)), ["", ""], 0) is None


def test_halves_have_half_of_each_stratum() -> None:
  """Strata that contradict each other cancel only if they are balanced."""
  scores = np.arange(6.0)
  parts = np.stack([scores * 3, scores * 3, -scores, -scores], axis=1)
  found = rank_correlation.reliability(parts, ["a", "a", "b", "b"], 0)
  assert found == pytest.approx(1.0)
