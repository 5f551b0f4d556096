"""Statistics whose unit is the run: what one search found is one observation.

Differences are tested by permutation and have Welch's interval; ratios of means
have Fieller's ("Some problems in interval estimation", Journal of the Royal
Statistical Society B 16, 1954).
"""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from harness.core.evidence import CONFIDENCE, MIN_SEEDS, Estimate

# Fewer give no interval, and no test.
MIN_RUNS = MIN_SEEDS
# All splits of ten runs and ten others; of more runs, so many random ones.
MAX_SPLITS = math.comb(20, 10)
_DIGITS = 12  # Sums that agree to so many are ties.


class PermutationTest(NamedTuple):
  """The share of the splits of all runs in two that are as extreme as ours.

  Attributes:
    above: p-value, against that the first group is not above the second.
    two_sided: p-value, against that the groups do not differ: twice the smaller
      of the two one-sided ones.
    is_exact: whether it has all splits.
  """

  above: float
  two_sided: float
  is_exact: bool


class _Mean(NamedTuple):
  """A mean over runs, its variance, and the degrees of freedom of that."""

  value: float
  variance: float
  freedom: int


def permutation_test(
  ours: Sequence[float], theirs: Sequence[float], seed: int
) -> PermutationTest:
  """Tests the difference of the means of two groups of runs.

  Args:
    ours: one value for each run.
    theirs: the same of the other group.
    seed: keys the splits where they are too many for all of them.
  """
  pooled, count = np.array([*ours, *theirs], np.float64), len(ours)
  is_exact = math.comb(len(pooled), count) <= MAX_SPLITS
  if is_exact:
    chosen = itertools.combinations(range(len(pooled)), count)
    splits = pooled[np.array(list(chosen))]
  else:
    copies = np.tile(pooled, (MAX_SPLITS, 1))
    copies[1:] = np.random.default_rng(seed).permuted(copies[1:], axis=1)
    splits = copies[:, :count]
  # The first is ours. The larger a sum, the larger the difference of the means.
  sums = splits.sum(axis=1).round(_DIGITS)
  above, below = np.mean(sums >= sums[0]), np.mean(sums <= sums[0])
  two_sided = min(1.0, 2 * float(min(above, below)))
  return PermutationTest(float(above), two_sided, is_exact)


def least_p_value(ours: int, theirs: int) -> float:
  """The least two-sided p-value that so many runs can have."""
  return 2 / math.comb(ours + theirs, ours)


def difference(
  ours: Sequence[float],
  theirs: Sequence[float],
  confidence: float = CONFIDENCE,
) -> Estimate:
  """The difference of the means over runs, with Welch's interval.

  No interval where a side has fewer than MIN_RUNS.
  """
  a, b = _mean(ours), _mean(theirs)
  value = a.value - b.value
  if min(len(ours), len(theirs)) < MIN_RUNS:
    return Estimate(value)
  freedom = _freedom(a, b)
  half = _quantile(freedom, confidence) * math.sqrt(a.variance + b.variance)
  return Estimate(value, value - half, value + half)


def ratio(
  numerators: Sequence[float], denominators: Sequence[float]
) -> Estimate:
  """The ratio of two means over the same runs, with its interval.

  No interval for fewer than MIN_RUNS, or where it has no bounds because the
  denominator is not shown to differ from 0.
  """
  a, b = _mean(numerators), _mean(denominators)
  if len(numerators) < MIN_RUNS:
    return _fieller(a, b, 0.0, math.inf)
  covariance = np.cov(numerators, denominators)[0, 1] / len(numerators)
  return _fieller(a, b, float(covariance), _quantile(a.freedom))


def ratio_of_groups(
  numerators: Sequence[float], denominators: Sequence[float]
) -> Estimate:
  """The ratio of the means of two groups of runs, with its interval.

  Its degrees of freedom are Satterthwaite's at the estimate. See `ratio` for
  when there is none.
  """
  a, b = _mean(numerators), _mean(denominators)
  if min(len(numerators), len(denominators)) < MIN_RUNS:
    return _fieller(a, b, 0.0, math.inf)
  slope = a.value / b.value if b.value else 0.0
  scaled = b._replace(variance=slope**2 * b.variance)
  return _fieller(a, b, 0.0, _quantile(_freedom(a, scaled)))


def _mean(values: Sequence[float]) -> _Mean:
  count = len(values)
  variance = float(np.var(values, ddof=1)) / count if count > 1 else math.inf
  return _Mean(float(np.mean(values)), variance, count - 1)


def _freedom(a: _Mean, b: _Mean) -> float:
  """Satterthwaite's degrees of freedom of the sum of two variances."""
  total = a.variance + b.variance
  if not total:
    return math.inf
  parts = a.variance**2 / a.freedom + b.variance**2 / b.freedom
  return total**2 / parts


def _quantile(freedom: float, confidence: float = CONFIDENCE) -> float:
  """The quantile of Student's t that an interval reaches to."""
  return float(special.stdtrit(freedom, (1 + confidence) / 2))


def _fieller(
  a: _Mean, b: _Mean, covariance: float, quantile: float
) -> Estimate:
  """All ratios r for which a - r b does not differ from 0.

  Args:
    a: the numerator.
    b: the denominator.
    covariance: of the two means.
    quantile: of their standardised difference; infinite for no interval.
  """
  value = a.value / b.value if b.value else math.nan
  if not math.isfinite(quantile):
    return Estimate(value)
  # square r^2 - 2 middle r + constant <= 0.
  square = b.value**2 - quantile**2 * b.variance
  middle = a.value * b.value - quantile**2 * covariance
  constant = a.value**2 - quantile**2 * a.variance
  if square <= 0:
    return Estimate(value)
  half = math.sqrt(max(0.0, middle**2 - square * constant)) / square
  return Estimate(value, middle / square - half, middle / square + half)
