"""Predictions of scores from features, for functions that were not trained."""

import dataclasses
from typing import NamedTuple, Protocol

import numpy as np
from scipy.spatial import distance

NUM_NEIGHBOURS = 3


class Prediction(NamedTuple):
  """Predictions for all functions.

  Attributes:
    mean: [N]; minus infinity where features are missing.
    deviation: of the uncertainty, [N]; 0 for predictors that have none.
  """

  mean: np.ndarray
  deviation: np.ndarray


class Predictor(Protocol):
  """Predicts the scores of N functions from those of some."""

  def predict(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> Prediction:
    """Predictions for all functions.

    Args:
      known: numbers of functions; if none has features, all predictions of
        those that have are alike.
      scores: of those.
      rng: breaks ties.
    """


@dataclasses.dataclass(frozen=True, eq=False)
class NearestNeighbours:
  """The mean score of the nearest functions, as in arXiv 2301.05785.

  Attributes:
    distances: [N, N]; NaN where features are missing.
    count: of neighbours.
  """

  distances: np.ndarray
  count: int = NUM_NEIGHBOURS

  @classmethod
  def of(
    cls, features: np.ndarray, metric: str, count: int = NUM_NEIGHBOURS
  ) -> "NearestNeighbours":
    """By the distance of features, [N, d], in a metric of SciPy."""
    has = np.isfinite(features).all(axis=1)
    distances = np.full((len(features),) * 2, np.nan, np.float32)
    rows = features[has].astype(np.float64)
    distances[np.ix_(has, has)] = distance.cdist(rows, rows, metric)
    return cls(distances, count)

  def predict(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> Prediction:
    usable = np.isfinite(self.distances[known, known])
    known, scores = known[usable], scores[usable]
    # A random order breaks ties.
    order = rng.permutation(len(known))
    known, scores = known[order], scores[order]
    has = np.isfinite(np.diag(self.distances))
    if not len(known):
      return _all_alike(has)
    near = self.distances[:, known]
    count = min(self.count, len(known))
    nearest = np.argsort(near, axis=1, kind="stable")[:, :count]
    mean = scores[nearest].mean(axis=1)
    mean[~has] = -np.inf
    return Prediction(mean, np.zeros_like(mean))


class GaussianProcess:
  """A Gaussian process on the principal components of features.

  Its kernel is a Matern of 5/2 whose length is the median distance, with the
  noise of scores beside it: a search refits it for each candidate.
  """

  def __init__(self, features: np.ndarray, num_components: int = 16):
    """Prepares features.

    Args:
      features: [N, d]; rows that are not finite are missing.
      num_components: of the principal components that count.
    """
    from sklearn.decomposition import PCA

    self._has = np.isfinite(features).all(axis=1)
    rows = features[self._has].astype(np.float64)
    count = min(num_components, *rows.shape)
    self._points = np.zeros((len(features), count))
    self._points[self._has] = PCA(count, random_state=0).fit_transform(rows)
    sample = self._points[self._has][:: max(1, self._has.sum() // 500)]
    self._length = float(np.median(distance.pdist(sample))) or 1.0

  def predict(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> Prediction:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Matern

    del rng
    usable = self._has[known]
    if not usable.any():
      return _all_alike(self._has)
    kernel = Matern(self._length, nu=2.5)
    model = GaussianProcessRegressor(
      kernel, alpha=0.01, optimizer=None, normalize_y=True
    )
    model.fit(self._points[known[usable]], scores[usable])
    mean = np.full(len(self._points), -np.inf)
    deviation = np.zeros(len(self._points))
    mean[self._has], deviation[self._has] = model.predict(
      self._points[self._has], return_std=True
    )
    return Prediction(mean, deviation)


@dataclasses.dataclass(frozen=True, eq=False)
class AllAlike:
  """Predicts nothing but that functions with features are better than others.

  Attributes:
    has: whether a function has features, [N].
  """

  has: np.ndarray

  def predict(
    self, known: np.ndarray, scores: np.ndarray, rng: np.random.Generator
  ) -> Prediction:
    del known, scores, rng
    return _all_alike(self.has)


def _all_alike(has: np.ndarray) -> Prediction:
  """The prediction from nothing, for functions that have features, [N]."""
  mean = np.where(has, 0.0, -np.inf)
  return Prediction(mean, np.zeros_like(mean))
