"""Rank correlations of scores, and how high they can be."""

import functools
import itertools
import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import optimize, stats

from harness.core.evidence import CONFIDENCE, Estimate

# Below this a rank correlation says nothing, and its interval is all of it.
MIN_PAIRS = 5
# All 362,880 orders of so many are tried; the transformation, which is meant
# for many pairs, has p-values for few that no order can have.
MOST_ORDERED = 9
_NEARLY_ONE = 1 - 1e-9  # Fisher's transformation of 1 is infinite.
_ROUNDING = 1e-9
_HALVES = 100  # Random ones, over which a reliability is the mean.


class RankCorrelation(NamedTuple):
  """Spearman's correlation over pairs.

  Attributes:
    estimate: with its interval by Fisher's transformation, whose variance for
      ranks is Bonett and Wright's (Psychometrika 65, 2000). Pairs in perfect
      order have none.
    p_value: of no relation: the share of all orders that correlate as much or
      more, up to MOST_ORDERED pairs; beyond, by the same transformation.
  """

  estimate: Estimate
  p_value: float


def correlate(a: Sequence[float], b: Sequence[float]) -> RankCorrelation | None:
  """Spearman's correlation; see RankCorrelation.

  None for fewer than five pairs, or where one side never changes.
  """
  if len(a) < MIN_PAIRS or not np.ptp(a) or not np.ptp(b):
    return None
  value = float(spearman(np.asarray(a), np.asarray(b)))
  exact = _share_of_orders(a, b) if len(a) <= MOST_ORDERED else None
  if abs(value) > _NEARLY_ONE:
    # The transformation is infinite.
    return RankCorrelation(Estimate(value), exact or _chance_of_order(a))
  error, middle = _fisher_error(value, len(a)), math.atanh(value)
  half = stats.norm.ppf((1 + CONFIDENCE) / 2) * error
  return RankCorrelation(
    Estimate(value, math.tanh(middle - half), math.tanh(middle + half)),
    float(2 * stats.norm.sf(abs(middle) / error)) if exact is None else exact,
  )


def _share_of_orders(a: Sequence[float], b: Sequence[float]) -> float:
  """The share of all orders of b that correlate with a at least as much."""
  x, y = (np.asarray(stats.rankdata(side)) for side in (a, b))
  x, y = x - x.mean(), y - y.mean()
  sums = y[_orders(len(a))] @ x
  return float((np.abs(sums) >= abs(float(x @ y)) - _ROUNDING).mean())


def _chance_of_order(a: Sequence[float]) -> float:
  """The share of orders that are the same, or its reverse, at most."""
  ties = Counter(a).values()
  same = math.prod(map(math.factorial, ties))
  return min(1.0, 2 * same / math.factorial(len(a)))


@functools.cache
def _orders(count: int) -> np.ndarray:
  """All orders of some numbers, [count!, count]."""
  return np.array(list(itertools.permutations(range(count))), np.int8)


def _fisher_error(correlation: float, num_pairs: int) -> float:
  """The standard error of the transformed correlation."""
  return math.sqrt((1 + correlation**2 / 2) / (num_pairs - 3))


def smallest_correlation(num_pairs: int) -> float | None:
  """The smallest correlation whose interval by `correlate` leaves 0 out.

  None below MIN_PAIRS.
  """
  if num_pairs < MIN_PAIRS:
    return None
  critical = stats.norm.ppf((1 + CONFIDENCE) / 2)
  return float(
    optimize.brentq(
      lambda rho: math.atanh(rho) - critical * _fisher_error(rho, num_pairs),
      0.0,
      _NEARLY_ONE,
    )
  )


def reliability(
  parts: np.ndarray, strata: Sequence[str], seed: int
) -> float | None:
  """The rank correlation of a score with another one of as many new parts.

  By Spearman and Brown's formula from random halves of the parts (British
  Journal of Psychology 3, 1910), not below 0. The square root of the product of
  two scores' is the highest correlation that they can be expected to show
  (Spearman, American Journal of Psychology 15, 1904).

  Args:
    parts: [F, P], of each of F scores the P parts that it is the mean of.
    strata: of the parts; a half has half of each.
    seed: keys the halves.

  Returns:
    None for fewer than two parts or than MIN_PAIRS scores, or where scores
    never differ.
  """
  count, num_parts = parts.shape
  if count < MIN_PAIRS or num_parts < 2:
    return None
  rng = np.random.default_rng(seed)
  codes = np.unique(np.asarray(strata), return_inverse=True)[1]
  keys = rng.random((_HALVES, num_parts))
  orders = [np.lexsort(np.stack((key, codes))) for key in keys]
  first, second = (
    np.array([parts[:, order[start::2]].mean(axis=1) for order in orders])
    for start in (0, 1)
  )
  correlations = spearman(first, second)
  if np.isnan(correlations).any():
    return None
  once = max(0.0, float(correlations.mean()))
  return 2 * once / (1 + once)


def spearman(a: np.ndarray, b: np.ndarray, axis: int = -1) -> np.ndarray:
  """Spearman's correlation along an axis; NaN where a side never changes.

  A resample may hold one pair many times over: no order, no correlation.
  """
  ranks = [stats.rankdata(side, axis=axis) for side in (a, b)]
  x, y = (rank - rank.mean(axis=axis, keepdims=True) for rank in ranks)
  size = np.sqrt((x**2).sum(axis=axis) * (y**2).sum(axis=axis))
  with np.errstate(invalid="ignore"):
    correlation: np.ndarray = (x * y).sum(axis=axis) / size
  return correlation
