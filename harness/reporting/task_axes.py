"""The axes along which tasks tell activations apart.

Tasks that rank activations alike share an axis. Ranks are used, so that no task
counts more for the spread of its scores. The number of axes is that of Horn's
parallel analysis ("A rationale and test for the number of factors in factor
analysis", Psychometrika 30, 1965); their directions are the principal ones,
turned by varimax (Kaiser, Psychometrika 23, 1958) so that each has few tasks.
"""

import dataclasses

import numpy as np
from scipy import stats
from scipy.cluster import hierarchy
from scipy.spatial import distance
from sklearn.decomposition import FactorAnalysis

# Fewer activations or tasks show no pattern.
MIN_ACTIVATIONS, MIN_TASKS = 12, 8
MAX_AXES = 6
_SHUFFLES = 200
_CHANCE = 0.95


@dataclasses.dataclass(frozen=True)
class TaskAxes:
  """Axes of F activations on T tasks; A of them.

  Attributes:
    kept: the tasks that tell activations apart at all, as indices [T].
    correlation: Spearman's, of each task with each, [T, T].
    order: a permutation of the T tasks that puts similar ones together.
    count: of the axes that are more than chance; A is at most MAX_AXES.
    shares: of the variance of ranks, of each axis before it is turned, [A].
    loadings: the correlation of each task with each axis, [T, A].
    positions: of each activation on each axis, mean 0 and spread 1, [F, A].
  """

  kept: np.ndarray
  correlation: np.ndarray
  order: np.ndarray
  count: int
  shares: np.ndarray
  loadings: np.ndarray
  positions: np.ndarray


def find(skills: np.ndarray, seed: int) -> TaskAxes | None:
  """The axes of skills [F, T], averaged over seeds.

  None for too few activations or tasks.

  Args:
    skills: of F activations on T tasks.
    seed: keys the shuffles of the parallel analysis.
  """
  kept = np.flatnonzero(np.ptp(skills, axis=0) > 0)
  if len(skills) < MIN_ACTIVATIONS or len(kept) < MIN_TASKS:
    return None
  ranks = stats.zscore(stats.rankdata(skills[:, kept], axis=0), axis=0)
  correlation = np.corrcoef(ranks.T)
  spectrum = np.linalg.eigvalsh(correlation)[::-1]
  count = _more_than_chance(ranks, spectrum, seed)
  shown = min(max(count, 2), MAX_AXES)
  model = FactorAnalysis(shown, rotation="varimax", svd_method="lapack")
  positions = model.fit_transform(ranks)
  loadings = np.array(
    [[np.corrcoef(r, p)[0, 1] for p in positions.T] for r in ranks.T]
  )
  return TaskAxes(
    kept,
    correlation,
    _similar_together(correlation),
    count,
    spectrum[:shown] / len(kept),
    *_largest_first(loadings, stats.zscore(positions, axis=0)),
  )


def _more_than_chance(
  ranks: np.ndarray, spectrum: np.ndarray, seed: int
) -> int:
  """The number of leading eigenvalues that shuffled ranks don't reach."""
  rng = np.random.default_rng(seed)
  shuffled = np.array(
    [
      np.linalg.eigvalsh(np.corrcoef(rng.permuted(ranks, axis=0).T))[::-1]
      for _ in range(_SHUFFLES)
    ]
  )
  above = spectrum > np.quantile(shuffled, _CHANCE, axis=0)
  return int(np.argmin(above)) if not above.all() else len(above)


def _similar_together(correlation: np.ndarray) -> np.ndarray:
  apart = distance.squareform(np.clip(1 - correlation, 0, None), checks=False)
  tree = hierarchy.linkage(apart, "average", optimal_ordering=True)
  return np.asarray(hierarchy.leaves_list(tree))


def _largest_first(
  loadings: np.ndarray, positions: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """Axes by the tasks that they explain, each pointing to the better side."""
  order = np.argsort(-np.square(loadings).sum(axis=0))
  signs = np.where(loadings.sum(axis=0) < 0, -1, 1)
  return (loadings * signs)[:, order], (positions * signs)[:, order]
