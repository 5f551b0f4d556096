"""Searches replayed on scores that are known already."""

import dataclasses

import numpy as np
from scipy import stats

from evolve.surrogate.strategies import Strategy


@dataclasses.dataclass(frozen=True)
class Trace:
  """The functions that a search evaluated.

  Attributes:
    order: numbers of functions, as they were evaluated.
    num_start: of them, those that no strategy suggested.
    percentiles: of each one's score among all functions, in [0, 1].
    best: the best score so far, after each.
  """

  order: np.ndarray
  num_start: int
  percentiles: np.ndarray
  best: np.ndarray

  @property
  def mean_percentile(self) -> float:
    """Of the suggestions."""
    return float(self.percentiles[self.num_start :].mean())

  def share_in_top(self, share: float = 0.1) -> float:
    """The share of the suggestions that are among the best so many."""
    suggested = self.percentiles[self.num_start :]
    return float((suggested > 1 - share).mean())


def search(
  scores: np.ndarray,
  strategy: Strategy,
  start: np.ndarray,
  num_evaluations: int,
  rng: np.random.Generator,
) -> Trace:
  """Evaluates the functions that a strategy suggests, one by one.

  Args:
    scores: of all functions, [N].
    strategy: sees the scores of those evaluated.
    start: functions that are evaluated first.
    num_evaluations: after those, or as many as there are.
    rng: breaks ties.
  """
  order = list(start)
  left = np.ones(len(scores), bool)
  left[start] = False
  for _ in range(min(num_evaluations, int(left.sum()))):
    known = np.array(order)
    merits = strategy.merits(known, scores[known], rng)
    # Of those without features all are alike, after the others.
    best = np.flatnonzero(left & (merits == merits[left].max()))
    chosen = int(rng.choice(best))
    order.append(chosen)
    left[chosen] = False
  evaluated = np.array(order)
  ranks = stats.rankdata(scores) / len(scores)
  return Trace(
    evaluated,
    len(start),
    ranks[evaluated],
    np.maximum.accumulate(scores[evaluated]),
  )


def shuffled(features: np.ndarray, rng: np.random.Generator) -> np.ndarray:
  """Features of other functions, [N, d]: the control that must do no better.

  Functions that have none keep none: that alone tells much, as most of them
  are at chance.
  """
  has, found = np.isfinite(features).all(axis=1), features.copy()
  found[has] = features[has][rng.permutation(int(has.sum()))]
  return found
