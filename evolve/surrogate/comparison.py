"""Predictors and the searches that they make, compared on known scores."""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
from scipy import stats

from evolve.surrogate import replay
from evolve.surrogate.features import Features
from evolve.surrogate.predictors import (
  GaussianProcess,
  NearestNeighbours,
  Prediction,
  Predictor,
)
from evolve.surrogate.replay import Trace

RANDOM, SHUFFLED = "random", "shuffled union"
NUM_FOLDS = 10
NUM_START = 8  # As many as the published search has baselines.
_OPTIMISM = 1.0  # Deviations of a Gaussian process beside its mean.


@dataclasses.dataclass(frozen=True)
class Strategy:
  """A way to choose the next function.

  Attributes:
    predictor: None for a random choice.
    acquire: what it maximises.
  """

  predictor: Predictor | None
  acquire: Callable[[Prediction], np.ndarray] = lambda p: p.mean


@dataclasses.dataclass(frozen=True)
class Accuracy:
  """Correlations of predictions with scores, in cross-validation.

  Attributes:
    pearson: over all functions with features.
    spearman: over the same.
    upper: Spearman's, over the better half of them.
    predicted: [N]; NaN without features.
    scores: [N].
  """

  pearson: float
  spearman: float
  upper: float
  predicted: np.ndarray
  scores: np.ndarray

  def recall(self, best: float, listed: float) -> float:
    """The share of the best functions that a shortlist would have.

    Args:
      best: share of all functions that count as the best.
      listed: share of all on the shortlist, which has the best predictions.
    """
    predicted = np.nan_to_num(self.predicted, nan=-np.inf)
    ranks = stats.rankdata(-predicted, method="ordinal") / len(predicted)
    is_best = stats.rankdata(-self.scores, "ordinal") <= best * len(predicted)
    return float((ranks[is_best] <= listed).mean())


def strategies(
  features: Features, rng: np.random.Generator
) -> dict[str, Strategy]:
  """All of them, by name: the published one is "union"."""
  union = NearestNeighbours.of(features.union, "euclidean")
  shuffled = replay.shuffled(features.union, rng)
  # Bounded, and each kind of a total variance of about 1.
  bounded = np.tanh(features.outputs / 5) / np.sqrt(features.outputs.shape[1])
  both = np.concatenate([bounded, 5 * features.spectra], axis=1)
  process = GaussianProcess(both)
  return {
    RANDOM: Strategy(None),
    "outputs": Strategy(NearestNeighbours.of(features.outputs, "euclidean")),
    "Fisher": Strategy(NearestNeighbours.of(features.spectra, "cityblock")),
    "union": Strategy(union),
    SHUFFLED: Strategy(NearestNeighbours.of(shuffled, "euclidean")),
    "Gaussian process": Strategy(process),
    "Gaussian process, optimistic": Strategy(
      process, lambda p: p.mean + _OPTIMISM * p.deviation
    ),
  }


def accuracies(
  found: Mapping[str, Strategy], scores: np.ndarray, rng: np.random.Generator
) -> dict[str, Accuracy]:
  """Of each predictor, by ten-fold cross-validation.

  Of strategies that differ in what they maximise only, the first stands for it.

  Args:
    found: strategies.
    scores: [N].
    rng: deals functions to folds.
  """
  folds = rng.permutation(len(scores)) % NUM_FOLDS
  names: dict[Predictor, str] = {}
  for name, strategy in found.items():
    if strategy.predictor:
      names.setdefault(strategy.predictor, name)
  return {
    name: _accuracy(predictor, scores, folds, rng)
    for predictor, name in names.items()
  }


def searches(
  strategy: Strategy,
  scores: np.ndarray,
  num_evaluations: int,
  num_searches: int,
) -> list[Trace]:
  """Searches that differ in what they begin with: functions drawn at random.

  From the same functions and scores a predictor would make the same search.

  Args:
    strategy: chooses.
    scores: [N, seeds]; each search is on those of a seed, by turns.
    num_evaluations: after NUM_START.
    num_searches: how many.
  """
  found = []
  for number in range(num_searches):
    rng = np.random.default_rng(number)
    start = rng.choice(len(scores), min(NUM_START, len(scores)), replace=False)
    found.append(
      replay.search(
        scores[:, number % scores.shape[1]],
        strategy.predictor,
        start,
        num_evaluations,
        rng,
        strategy.acquire,
      )
    )
  return found


def _accuracy(
  predictor: Predictor,
  scores: np.ndarray,
  folds: np.ndarray,
  rng: np.random.Generator,
) -> Accuracy:
  predicted = np.full(len(scores), np.nan)
  for fold in range(NUM_FOLDS):
    known, asked = np.flatnonzero(folds != fold), folds == fold
    mean = predictor.predict(known, scores[known], rng).mean
    predicted[asked] = mean[asked]
  predicted[~np.isfinite(predicted)] = np.nan
  has = np.isfinite(predicted)
  upper = has & (scores >= np.median(scores[has]))
  return Accuracy(
    float(stats.pearsonr(predicted[has], scores[has]).statistic),
    float(stats.spearmanr(predicted[has], scores[has]).statistic),
    float(stats.spearmanr(predicted[upper], scores[upper]).statistic),
    predicted,
    scores,
  )
