"""Predictors and the searches that they make, compared on known scores."""

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from scipy import stats

from evolve.surrogate import replay
from evolve.surrogate.features import Features
from evolve.surrogate.predictors import (
  AllAlike,
  GaussianProcess,
  NearestNeighbours,
  Prediction,
  Predictor,
)
from evolve.surrogate.replay import Trace

RANDOM, SHUFFLED = "random", "shuffled"
# Functions without features are mostly at chance, so leaving them out is worth
# something without any embedding.
RANDOM_WITH_FEATURES = "random, with features"
PUBLISHED, OUTPUTS = "union", "outputs"
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
  """Predictions of scores, in cross-validation.

  Attributes:
    predicted: [N]; NaN without features.
    scores: [N].
  """

  predicted: np.ndarray
  scores: np.ndarray

  @property
  def pairs(self) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and scores of the functions with features."""
    has = np.isfinite(self.predicted)
    return self.predicted[has], self.scores[has]

  @property
  def upper(self) -> tuple[np.ndarray, np.ndarray]:
    """Those of the better half of them."""
    predicted, scores = self.pairs
    is_better = scores >= np.median(scores)
    return predicted[is_better], scores[is_better]

  def recall(self, best: float, listed: float) -> tuple[int, int]:
    """The best functions that a shortlist would have, and how many there are.

    Args:
      best: share of all functions that count as the best.
      listed: share of all on the shortlist, which has the best predictions.
    """
    predicted = np.nan_to_num(self.predicted, nan=-np.inf)
    ranks = stats.rankdata(-predicted, method="ordinal") / len(predicted)
    is_best = stats.rankdata(-self.scores, "ordinal") <= best * len(predicted)
    return int((ranks[is_best] <= listed).sum()), int(is_best.sum())


def strategies(
  features: Features, rng: np.random.Generator
) -> dict[str, Strategy]:
  """All of them, by name: the published one is PUBLISHED.

  Those of outputs alone where there is no network.
  """
  outputs = NearestNeighbours.of(features.outputs, "euclidean")
  shown = features.union if features.has_fisher else features.outputs
  found = {
    RANDOM: Strategy(None),
    RANDOM_WITH_FEATURES: Strategy(AllAlike(np.isfinite(shown).all(axis=1))),
    OUTPUTS: Strategy(outputs),
  }
  # Bounded, and each kind of a total variance of about 1.
  points = np.tanh(features.outputs / 5) / np.sqrt(features.outputs.shape[1])
  if features.has_fisher:
    found["Fisher"] = Strategy(
      NearestNeighbours.of(features.spectra, "cityblock")
    )
    found[PUBLISHED] = Strategy(NearestNeighbours.of(shown, "euclidean"))
    points = np.concatenate([points, 5 * features.spectra], axis=1)
  shuffled = replay.shuffled(shown, rng)
  process = GaussianProcess(points)
  return {
    **found,
    SHUFFLED: Strategy(NearestNeighbours.of(shuffled, "euclidean")),
    "Gaussian process": Strategy(process),
    "Gaussian process, optimistic": Strategy(
      process, lambda p: p.mean + _OPTIMISM * p.deviation
    ),
  }


def accuracies(
  found: Mapping[str, Strategy],
  scores: np.ndarray,
  rng: np.random.Generator,
  others: Mapping[str, np.ndarray] = MappingProxyType({}),
) -> dict[str, Accuracy]:
  """Of each predictor, by ten-fold cross-validation.

  Of strategies that differ in what they maximise only, the first stands for it.

  Args:
    found: strategies.
    scores: [N].
    rng: deals functions to folds.
    others: scores of the functions on other tasks, [N] each, from which outputs
      predict as well: so shortlists of a large space are made.
  """
  folds = rng.permutation(len(scores)) % NUM_FOLDS
  names: dict[Predictor, str] = {}
  for name, strategy in found.items():
    # One without features predicts nothing.
    if strategy.predictor and name != RANDOM_WITH_FEATURES:
      names.setdefault(strategy.predictor, name)
  accuracies = {
    name: _accuracy(predictor, scores, scores, folds, rng)
    for predictor, name in names.items()
  }
  by_outputs = found[OUTPUTS].predictor
  assert by_outputs
  for task, known in others.items():
    accuracies[f"{OUTPUTS}, from {task}"] = _accuracy(
      by_outputs, known, scores, folds, rng
    )
  return accuracies


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
  given: np.ndarray,
  scores: np.ndarray,
  folds: np.ndarray,
  rng: np.random.Generator,
) -> Accuracy:
  """Of predictions of scores from given ones of other folds, [N] each."""
  predicted = np.full(len(scores), np.nan)
  for fold in range(NUM_FOLDS):
    known, asked = np.flatnonzero(folds != fold), folds == fold
    mean = predictor.predict(known, given[known], rng).mean
    predicted[asked] = mean[asked]
  predicted[~np.isfinite(predicted)] = np.nan
  return Accuracy(predicted, scores)
