"""Predictors and searches where the answer is known."""

import numpy as np
import pytest
from scipy import stats

from evolve.proposers.spaces.enumeration import SMALL
from evolve.proposers.spaces.operators import OPERATORS
from evolve.surrogate import comparison, replay
from evolve.surrogate.comparison import RANDOM, RANDOM_WITH_FEATURES, SHUFFLED
from evolve.surrogate.features import Features
from evolve.surrogate.predictors import GaussianProcess, NearestNeighbours
from evolve.surrogate.strategies import Evolved, Random

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


def test_evolution_climbs_by_children_of_the_best() -> None:
  """A score is the sum of the operators' merits, most of which are kept."""
  rng = np.random.default_rng(0)
  firsts = SMALL.first_of_each()[::2]
  formulas = [SMALL.formula(int(i)) for i in firsts]
  merits = {name: rng.random() for name in OPERATORS}
  scores = np.array(
    [sum(merits[part.operator] for _, part in f.operations()) for f in formulas]
  )
  evolved = Evolved.of(formulas)
  # Of equal formulas each text stands for the one function.
  assert set(evolved.numbers.values()) == set(range(len(formulas)))
  assert len(evolved.numbers) > len(formulas)
  traces = comparison.searches(evolved, scores[:, None], 40, 6)
  assert all(len(set(t.order)) == 48 for t in traces)
  assert np.mean([t.mean_percentile for t in traces]) > 0.7
  assert comparison.EVOLUTION in comparison.strategies(
    _features(), rng, evolved
  )


def test_searches_beat_chance_by_true_features_alone() -> None:
  found = comparison.strategies(_features(), np.random.default_rng(1))
  means = {}
  for name, strategy in found.items():
    traces = comparison.searches(strategy, _SCORES[:, None], 40, 6)
    assert all(len(set(t.order)) == 48 for t in traces)
    assert len({tuple(t.order) for t in traces}) == 6
    means[name] = np.mean([t.mean_percentile for t in traces])
  controls = RANDOM, RANDOM_WITH_FEATURES, SHUFFLED
  assert all(abs(means.pop(name) - 0.5) < 0.15 for name in controls)
  assert min(means.values()) > 0.75


def test_what_features_are_missing_for_is_no_merit_of_an_embedding() -> None:
  """Of those with features, both controls are as good as any of them."""
  scores, union = _SCORES.copy(), _POINTS.copy()
  union[200:] = np.nan
  scores[200:] = -1.0
  features = Features(np.concatenate([union] * 2, axis=1), union, union)
  found = comparison.strategies(features, np.random.default_rng(1))
  for name in (RANDOM_WITH_FEATURES, SHUFFLED):
    traces = comparison.searches(found[name], scores[:, None], 40, 6)
    assert np.mean([t.mean_percentile for t in traces]) > 0.65
  # After all that have features come the others, each once.
  (trace,) = comparison.searches(found["union"], scores[:, None], 1000, 1)
  assert sorted(trace.order) == list(range(400))
  assert (trace.order[-190:] >= 200).all()


def test_accuracies_of_predictors() -> None:
  found = comparison.strategies(_features(), np.random.default_rng(1))
  accuracies = comparison.accuracies(found, _SCORES, np.random.default_rng(2))
  assert set(accuracies) == {
    "outputs", "Fisher", "union", SHUFFLED, "Gaussian process",
  }  # fmt: skip
  assert stats.spearmanr(*accuracies["union"].pairs).statistic > 0.9
  assert abs(stats.spearmanr(*accuracies[SHUFFLED].pairs).statistic) < 0.2
  predicted, scores = accuracies["union"].upper
  assert len(predicted) == len(scores) == 200
  assert min(scores) >= np.median(np.delete(_SCORES, 7))
  assert np.isnan(accuracies["union"].predicted).tolist().count(True) == 1


def test_a_trace_counts_suggestions_alone() -> None:
  scores = np.arange(10.0)
  trace = replay.search(
    scores, Random(10), np.array([9]), 9, np.random.default_rng(0)
  )
  assert trace.best.tolist() == [9.0] * 10
  assert trace.mean_percentile == pytest.approx(np.arange(1, 10).mean() / 10)
  assert trace.share_in_top(0.2) == pytest.approx(1 / 9)


def test_recall_of_shortlists() -> None:
  """The best two of ten functions are predicted to be first and fifth."""
  scores = np.array([9.0, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  predicted = np.array([1.0, 0.6, 0.9, 0.8, 0.7, 0.5, 0.4, 0.3, np.nan, 0.2])
  found = comparison.Accuracy(predicted, scores)
  listed = (0.05, 0.1, 0.4, 0.5, 1.0)
  assert [found.recall(0.2, each) for each in listed] == [
    (count, 2) for count in (0, 1, 1, 2, 2)
  ]


def test_scores_of_another_task_predict_by_outputs() -> None:
  found = comparison.strategies(_features(), np.random.default_rng(1))
  accuracies = comparison.accuracies(
    found,
    _SCORES,
    np.random.default_rng(2),
    {"alike": 2 * _SCORES + 1, "noise": _RNG.normal(size=400)},
  )
  alike, noise = (
    stats.spearmanr(*accuracies[f"outputs, from {task}"].pairs).statistic
    for task in ("alike", "noise")
  )
  assert alike > 0.9 and abs(noise) < 0.2


def test_without_a_network_outputs_are_compared_alone() -> None:
  points = np.full((400, 2), np.nan)
  features = Features(_features().outputs, points[:, :1], points)
  found = comparison.strategies(features, np.random.default_rng(1))
  assert comparison.PUBLISHED not in found and "Fisher" not in found
  traces = comparison.searches(found["outputs"], _SCORES[:, None], 40, 2)
  assert np.mean([t.mean_percentile for t in traces]) > 0.75
