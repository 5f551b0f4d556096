"""A filter before training: candidates that similar functions speak against.

The surrogate of arXiv 2301.05785, k nearest neighbours on the outputs of
functions, as a filter for any strategy: many candidates are proposed and
probed, and those train that are predicted to be among the best.
"""

import numpy as np

from evolve.admission.traits import Traits
from evolve.search.database import Row
from harness.core.fitness import Report, Status

_NEIGHBOURS = 3
_LEAST = 16  # Values before any candidate is stopped.
_SCALE = 5.0  # Values and slopes far beyond it are alike.


class Prefilter:
  """Predictions of values, from the values of earlier candidates.

  What it decides for a slot depends on the candidates that its proposal saw.

  Attributes:
    share: of the candidates, which train; 1 lets all train.
  """

  def __init__(self, share: float):
    self.share = share
    self._curves: list[np.ndarray] = []
    self._values: list[float] = []  # NaN where it is not known.
    self._predictions: list[float] = []  # At the time; NaN without.

  @property
  def num_seen(self) -> int:
    """The number of candidates taken in, for `passes` later on."""
    return len(self._values)

  def learn(self, row: Row, num_seen: int) -> None:
    """Takes in a committed candidate.

    Args:
      row: the candidate.
      num_seen: when it was proposed.
    """
    is_duplicate = row.report.status is Status.DUPLICATE
    if self.share == 1 or row.traits is None or is_duplicate:
      return
    traits = Traits.from_json(row.traits)
    self._predictions.append(self._predicted(traits, num_seen))
    self._curves.append(_curve(traits))
    self._values.append(_value(row.report))

  def passes(self, traits: Traits, num_seen: int) -> bool:
    """False for a candidate that should not train.

    Its prediction is below those of the best `share` of earlier candidates.

    Args:
      traits: its own.
      num_seen: when it was proposed.
    """
    predictions = np.array(self._predictions[:num_seen])
    predictions = predictions[np.isfinite(predictions)]
    if self.share == 1 or len(predictions) < _LEAST:
      return True
    least = np.quantile(predictions, 1 - self.share)
    return self._predicted(traits, num_seen) >= float(least)

  def _predicted(self, traits: Traits, num_seen: int) -> float:
    """The mean value of the nearest; NaN before there are enough values."""
    values = np.array(self._values[:num_seen])
    has = np.isfinite(values)
    if has.sum() < _LEAST:
      return np.nan
    curves = np.stack(self._curves[:num_seen])[has]
    distances = np.abs(curves - _curve(traits)).sum(axis=1)
    nearest = np.argsort(distances, kind="stable")[:_NEIGHBOURS]
    return float(values[has][nearest].mean())


def _curve(traits: Traits) -> np.ndarray:
  """Values and slopes, bounded."""
  bounded: np.ndarray = np.tanh(np.nan_to_num(traits.signature) / _SCALE)
  return bounded


def _value(report: Report) -> float:
  is_known = report.status is not Status.FILTERED
  return report.value_or_screen if is_known else np.nan
