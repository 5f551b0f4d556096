"""Weights on families of tasks with which the lab would predict a benchmark."""

import dataclasses

import numpy as np
from scipy import optimize, stats

from harness.reporting import rank_correlation
from harness.reporting.rank_correlation import MIN_PAIRS

_PERMUTATIONS = 999


@dataclasses.dataclass(frozen=True)
class FamilyWeights:
  """Weights of K families, and whether they predict.

  Attributes:
    weights: [K], not negative, their sum 1; all 0 where no family helps.
    correlation: Spearman's, of the benchmark's scores with predictions that
      were each fitted to all other activations.
    p_value: the share of random orders of the benchmark's scores that are
      predicted as well.
  """

  weights: np.ndarray
  correlation: float
  p_value: float


def fit(values: np.ndarray, scores: np.ndarray, seed: int) -> FamilyWeights:
  """Fits non-negative weights on families to the scores of a benchmark.

  Both sides are ranked: which unit a score has says nothing. Leaving one out
  makes predictions that are too low for what is high, even where nothing is
  related, and so the test is by permutations and not by a table.

  Args:
    values: [F, K], of F activations in each of K families.
    scores: [F], on the benchmark.
    seed: keys the permutations.

  Raises:
    ValueError: fewer than MIN_PAIRS activations.
  """
  if len(scores) < MIN_PAIRS:
    raise ValueError(f"{len(scores)} activations are too few")
  rng = np.random.default_rng(seed)
  x, y = stats.rankdata(values, axis=0), stats.rankdata(scores)
  found = _left_out_correlation(x, y)
  chance = [
    _left_out_correlation(x, rng.permutation(y)) for _ in range(_PERMUTATIONS)
  ]
  # Sums of equal terms differ in their last bits.
  as_good = np.count_nonzero(np.array(chance) >= found - 1e-12)
  weights = _weights(x, y)
  return FamilyWeights(
    weights / (weights.sum() or 1.0),
    found,
    (1 + as_good) / (1 + _PERMUTATIONS),
  )


def _left_out_correlation(x: np.ndarray, y: np.ndarray) -> float:
  """Spearman's, of y with its predictions; 0 if they never differ."""
  everyone = np.arange(len(y))
  predicted = np.empty(len(y))
  for one in everyone:
    others = everyone != one
    weights = _weights(x[others], y[others])
    centre = x[others].mean(axis=0)
    predicted[one] = y[others].mean() + (x[one] - centre) @ weights
  if not np.ptp(predicted):
    return 0.0
  return float(rank_correlation.spearman(predicted, y))


def _weights(x: np.ndarray, y: np.ndarray) -> np.ndarray:
  """Least squares with an intercept of any sign and weights of at least 0."""
  weights: np.ndarray = optimize.nnls(x - x.mean(axis=0), y - y.mean())[0]
  return weights
