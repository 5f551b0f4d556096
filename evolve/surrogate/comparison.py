"""Predictors and the searches that they make, compared on known scores."""

import dataclasses
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from scipy import stats

from evolve.surrogate import replay
from evolve.surrogate.features import Features
from evolve.surrogate.predictors import (
  AllAlike,
  GaussianProcess,
  NearestNeighbours,
  Predictor,
)
from evolve.surrogate.replay import Trace
from evolve.surrogate.strategies import Evolved, Predicted, Random, Strategy

RANDOM, SHUFFLED = "random", "shuffled"
# Functions without features are mostly at chance, so leaving them out is worth
# something without any embedding.
RANDOM_WITH_FEATURES = "random, with features"
EVOLUTION = "evolution"
PUBLISHED, OUTPUTS, FISHER = "union", "outputs", "Fisher"
PROCESS = "Gaussian process"
NUM_FOLDS = 10
NUM_START = 8  # As many as the published search has baselines.
_OPTIMISM = 1.0  # Deviations of a Gaussian process beside its mean.


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


def predictors(features: Features) -> dict[str, Predictor]:
  """All of them, by name: the published one is PUBLISHED.

  Those of outputs alone where there is no network.
  """
  found: dict[str, Predictor] = {
    OUTPUTS: NearestNeighbours.of(features.outputs, "euclidean")
  }
  # Bounded, and each kind of a total variance of about 1.
  points = np.tanh(features.outputs / 5) / np.sqrt(features.outputs.shape[1])
  if features.has_fisher:
    found[FISHER] = NearestNeighbours.of(features.spectra, "cityblock")
    found[PUBLISHED] = NearestNeighbours.of(features.union, "euclidean")
    points = np.concatenate([points, 5 * features.spectra], axis=1)
  return {**found, PROCESS: GaussianProcess(points)}


def strategies(
  features: Features,
  rng: np.random.Generator,
  evolved: Evolved | None = None,
) -> dict[str, Strategy]:
  """All of them, by name, with controls.

  Args:
    features: of the functions.
    rng: of the shuffled control.
    evolved: evolution on the functions, where they are formulas of a space.
  """
  found = predictors(features)
  shown = features.union if features.has_fisher else features.outputs
  shuffled = replay.shuffled(shown, rng)
  return {
    RANDOM: Random(len(shown)),
    RANDOM_WITH_FEATURES: Predicted(AllAlike(np.isfinite(shown).all(axis=1))),
    **({EVOLUTION: evolved} if evolved else {}),
    **{name: Predicted(predictor) for name, predictor in found.items()},
    SHUFFLED: Predicted(NearestNeighbours.of(shuffled, "euclidean")),
    f"{PROCESS}, optimistic": Predicted(
      found[PROCESS], lambda p: p.mean + _OPTIMISM * p.deviation
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
    # That control predicts nothing.
    if isinstance(strategy, Predicted) and name != RANDOM_WITH_FEATURES:
      names.setdefault(strategy.predictor, name)
  accuracies = {
    name: _accuracy(predictor, scores, scores, folds, rng)
    for predictor, name in names.items()
  }
  by_outputs = found[OUTPUTS]
  assert isinstance(by_outputs, Predicted)
  for task, known in others.items():
    accuracies[f"{OUTPUTS}, from {task}"] = _accuracy(
      by_outputs.predictor, known, scores, folds, rng
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
        strategy,
        start,
        num_evaluations,
        rng,
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
