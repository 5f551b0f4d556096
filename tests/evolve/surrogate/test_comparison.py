"""Predictors and searches where the answer is known."""

import numpy as np
import pytest

from evolve.surrogate import comparison, replay
from evolve.surrogate.comparison import RANDOM, SHUFFLED
from evolve.surrogate.features import Features
from evolve.surrogate.predictors import GaussianProcess, NearestNeighbours

_RNG = np.random.default_rng(0)
_POINTS = _RNG.uniform(-1, 1, (400, 2))
# A hill that features show, and noise.
_SCORES = np.exp(-3 * ((_POINTS - 0.5) ** 2).sum(1)) + 0.01 * _RNG.normal(
  size=400
)


def _features() -> Features:
  wide = np.concatenate([_POINTS, np.sin(3 * _POINTS)], axis=1)
  wide[7] = np.nan
  union = _POINTS.copy()
  union[7] = np.nan
  return Features(wide, wide, union)


@pytest.mark.parametrize("kind", ["neighbours", "process"])
def test_predictions_are_close(kind: str) -> None:
  points = _features().union
  predictor = (
    NearestNeighbours.of(points, "euclidean")
    if kind == "neighbours"
    else GaussianProcess(points)
  )
  known = np.arange(0, 400, 2)
  mean, deviation = predictor.predict(known, _SCORES[known], _RNG)
  others = np.setdiff1d(np.arange(1, 400, 2), [7])
  assert np.abs(mean[others] - _SCORES[others]).mean() < 0.06
  assert mean[7] == -np.inf
  # Far from what is known a process knows less.
  if kind == "process":
    few = predictor.predict(known[:5], _SCORES[known[:5]], _RNG).deviation
    assert few[others].mean() > 2 * deviation[others].mean()


@pytest.mark.parametrize("known", [[], [7]])
def test_without_features_of_known_functions_all_are_alike(
  known: list[int],
) -> None:
  points = _features().union
  chosen = np.array(known, int)
  for predictor in (
    NearestNeighbours.of(points, "euclidean"), GaussianProcess(points),
  ):  # fmt: skip
    mean, _ = predictor.predict(chosen, _SCORES[chosen], _RNG)
    assert mean[7] == -np.inf
    assert set(np.delete(mean, 7)) == {0.0}


def test_the_nearest_count_alike() -> None:
  distances = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))
  known = np.array([0, 1, 2, 4])
  mean = (
    NearestNeighbours(distances)
    .predict(known, np.array([1.0, 2.0, 4.0, 8.0]), _RNG)
    .mean
  )
  assert mean[0] == pytest.approx((1 + 2 + 4) / 3)
  assert mean[3] in (pytest.approx((4 + 8 + 2) / 3),)
  # Fewer than three are known.
  assert (
    NearestNeighbours(distances)
    .predict(known[:2], np.array([1.0, 2.0]), _RNG)
    .mean.tolist()
    == [1.5] * 5
  )


def test_searches_beat_chance_by_true_features_alone() -> None:
  found = comparison.strategies(_features(), np.random.default_rng(1))
  means = {}
  for name, strategy in found.items():
    traces = comparison.searches(strategy, _SCORES[:, None], 40, 6)
    assert all(len(set(t.order)) == 48 for t in traces)
    assert len({tuple(t.order) for t in traces}) == 6
    means[name] = np.mean([t.mean_percentile for t in traces])
  assert abs(means[RANDOM] - 0.5) < 0.08
  assert abs(means[SHUFFLED] - 0.5) < 0.15
  assert all(v > 0.75 for k, v in means.items() if k not in (RANDOM, SHUFFLED))


def test_accuracies_of_predictors() -> None:
  found = comparison.strategies(_features(), np.random.default_rng(1))
  accuracies = comparison.accuracies(found, _SCORES, np.random.default_rng(2))
  assert set(accuracies) == {
    "outputs", "Fisher", "union", SHUFFLED, "Gaussian process",
  }  # fmt: skip
  assert accuracies["union"].spearman > 0.9
  assert abs(accuracies[SHUFFLED].spearman) < 0.2
  assert np.isnan(accuracies["union"].predicted).tolist().count(True) == 1


def test_a_trace_counts_suggestions_alone() -> None:
  scores = np.arange(10.0)
  trace = replay.search(
    scores, None, np.array([9]), 9, np.random.default_rng(0)
  )
  assert trace.best.tolist() == [9.0] * 10
  assert trace.mean_percentile == pytest.approx(np.arange(1, 10).mean() / 10)
  assert trace.share_in_top(0.2) == pytest.approx(1 / 9)


def test_recall_of_shortlists() -> None:
  """The best two of ten functions are predicted to be first and fifth."""
  scores = np.array([9.0, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  predicted = np.array([1.0, 0.6, 0.9, 0.8, 0.7, 0.5, 0.4, 0.3, np.nan, 0.2])
  found = comparison.Accuracy(0.0, 0.0, 0.0, predicted, scores)
  listed = (0.05, 0.1, 0.4, 0.5, 1.0)
  assert [found.recall(0.2, each) for each in listed] == [0, 0.5, 0.5, 1, 1]
