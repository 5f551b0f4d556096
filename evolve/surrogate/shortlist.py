"""Shortlists of a space that is too large for all features."""

import dataclasses
import hashlib
from collections.abc import Sequence

import numpy as np

from evolve.proposers.spaces.enumeration import Enumeration
from evolve.proposers.spaces.formula import Formula
from evolve.surrogate import features
from evolve.surrogate.actbench import ActBench
from evolve.surrogate.predictors import NUM_NEIGHBOURS
from harness.core import extras

SIZE = 5_000  # As in arXiv 2301.05785.
_LARGEST = np.finfo(np.float32).max


@dataclasses.dataclass(frozen=True)
class Known:
  """Functions whose scores on another task are known.

  Attributes:
    formulas: the functions.
    scores: of them, [len(formulas)].
  """

  formulas: Sequence[Formula]
  scores: np.ndarray

  @classmethod
  def of(cls, bench: ActBench, task: str) -> "Known":
    """The scores of a benchmark on a task; NaN counts as 0.

    Raises:
      UserError: there is no such task, or a function is no formula.
    """
    return cls(bench.formulas(), np.nan_to_num(bench.of_task(task)))

  @property
  def digest(self) -> str:
    """A hash of the functions and their scores."""
    pairs = zip(map(str, self.formulas), self.scores.tolist(), strict=True)
    return hashlib.sha256(repr(list(pairs)).encode()).hexdigest()[:8]

  def best(self, count: int) -> list[Formula]:
    """The best formulas, best first."""
    order = np.argsort(-self.scores, kind="stable")
    return [self.formulas[i] for i in order[:count]]


def shortlist(
  space: Enumeration, known: Known, size: int = SIZE
) -> list[Formula]:
  """The functions of a space that outputs predict to be best, best first.

  The prediction is the mean score of the nearest functions that are known, by
  Euclidean distance of outputs, as in arXiv 2301.05785; of equal predictions,
  the nearer one counts.

  Args:
    space: functions that equal an earlier one are left out.
    known: at least one has finite outputs.
    size: of the list, at most.

  Raises:
    UserError: scikit-learn is not installed.
  """
  try:
    from sklearn.neighbors import NearestNeighbors
  except ImportError as error:
    raise extras.missing("surrogate", error) from error

  outputs = features.outputs(known.formulas).astype(np.float64)
  has = np.isfinite(outputs).all(axis=1)
  scores = known.scores[has]
  count = min(NUM_NEIGHBOURS, len(scores))
  neighbours = NearestNeighbors(n_neighbors=count, algorithm="brute")
  neighbours.fit(outputs[has])

  def merits(values: np.ndarray) -> np.ndarray:
    """The prediction, and minus the distance, [n, 2]."""
    found = np.full((len(values), 2), -np.inf)
    finite = (np.abs(values) < _LARGEST).all(axis=1)
    if finite.any():
      distances, nearest = neighbours.kneighbors(values[finite])
      found[finite, 0] = scores[nearest].mean(axis=1)
      found[finite, 1] = -distances.mean(axis=1)
    return found

  numbers, found = space.of_distinct(merits)
  order = np.lexsort((-found[:, 1], -found[:, 0]))[:size]
  listed = [i for i in order if found[i, 0] > -np.inf]
  return [space.formula(int(numbers[i])) for i in listed]
