"""Estimates of the report that others print nowhere, with their intervals.

Those of values and of differences are in harness.core.evidence. The
interquartile mean, its bootstrap and the probability of improvement are those
of Agarwal et al., "Deep Reinforcement Learning at the Edge of the Statistical
Precipice" (NeurIPS 2021), resampled by their library rliable.
"""

import contextlib
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from rliable import library
from scipy import stats

from harness.core import evidence
from harness.core.evidence import (
  CONFIDENCE,
  SCORES,
  UNBOUNDED,
  Estimate,
  TaskScores,
)

# Resamples of a bootstrap: its ends move by about 0.03 standard errors.
RESAMPLES = 2000


def mean(
  samples: Sequence[float],
  confidence: float = CONFIDENCE,
  bounds: tuple[float, float] = UNBOUNDED,
) -> Estimate:
  """The mean, with Student's t interval cut at the bounds of the samples.

  No interval for fewer than MIN_SEEDS samples.
  """
  by_seed = TaskScores(np.array(samples, np.float64)[:, None])
  return evidence.mean(by_seed, confidence, bounds)


def mean_score(scores: Sequence[float]) -> Estimate:
  """The mean of scores in [0, 1], with Student's t interval inside."""
  return mean(scores, bounds=SCORES)


def interquartile_mean(scores: np.ndarray, seed: int) -> Estimate:
  """The mean of the middle half of all scores [seeds, tasks].

  The interval is by the percentile bootstrap, which resamples tasks, and seeds
  within each task; None for a single seed.
  """
  return _bootstrap(scores, _mean_of_middle_half, seed, tasks_too=True)


def probability_of_improvement(
  ours: TaskScores,
  theirs: TaskScores,
  seed: int,
  confidence: float = CONFIDENCE,
) -> Estimate:
  """The probability that a training of ours beats one of theirs on a task.

  The task is random, and ties count as half. For tasks drawn from a population
  the interval is that of the mean over tasks; for a fixed set, it is by the
  percentile bootstrap, which resamples the seeds of each task.

  Args:
    ours: of the same tasks and seeds as theirs.
    theirs: what is to be beaten.
    seed: keys the bootstrap.
    confidence: of the interval.
  """
  if ours.is_drawn:
    shares = evidence.share_of_wins(ours, theirs)
    return evidence.mean(
      TaskScores(shares[None], ours.families), confidence, SCORES
    )
  return _bootstrap(
    (ours.values, theirs.values),
    _share_of_wins,
    seed,
    confidence,
    tasks_too=False,
  )


def log_ratio(
  losses: Sequence[float], reference: Sequence[float], seed: int
) -> Estimate | None:
  """Mean over tasks of log(reference / loss): above 0 is better than it.

  Tasks where a loss is not finite and positive are left out; None if nothing is
  left. The interval is by the bias-corrected bootstrap over tasks.
  """
  with np.errstate(all="ignore"):
    ratios = np.log(np.asarray(reference) / np.asarray(losses, np.float64))
  ratios = ratios[np.isfinite(ratios)]
  if not ratios.size:
    return None
  interval = _bias_corrected((ratios,), np.mean, seed)
  return Estimate(float(ratios.mean()), *interval)


def pearson(a: np.ndarray, b: np.ndarray, seed: int) -> Estimate | None:
  """Pearson's correlation, with the bias-corrected bootstrap over pairs.

  None where one side never changes.
  """
  if len(a) < 2 or not np.ptp(a) or not np.ptp(b):
    return None
  return Estimate(
    float(_pearson(a, b)), *_bias_corrected((a, b), _pearson, seed)
  )


def _pearson(a: np.ndarray, b: np.ndarray, axis: int = -1) -> np.ndarray:
  x, y = (side - side.mean(axis, keepdims=True) for side in (a, b))
  size = np.sqrt((x**2).sum(axis) * (y**2).sum(axis))
  found: np.ndarray = (x * y).sum(axis) / size
  return found


def _mean_of_middle_half(scores: np.ndarray) -> float:
  """rliable's aggregate_iqm, which takes ten times as long."""
  ranked = np.sort(scores, axis=None)
  quarter = ranked.size // 4
  return float(ranked[quarter : ranked.size - quarter].mean())


def _share_of_wins(ours: np.ndarray, theirs: np.ndarray) -> float:
  """The share over all pairs of seeds of a task, averaged over tasks."""
  return float(np.sign(ours[:, None] - theirs[None]).mean() + 1) / 2


def _bootstrap(
  scores: np.ndarray | tuple[np.ndarray, np.ndarray],
  statistic: Callable[..., float],
  seed: int,
  confidence: float = CONFIDENCE,
  *,
  tasks_too: bool,
) -> Estimate:
  """A statistic of scores [seeds, tasks], with its percentile interval."""
  arrays = scores if isinstance(scores, tuple) else (scores,)
  if any(len(array) < 2 for array in arrays):
    return Estimate(float(statistic(*arrays)))
  with _global_seed(seed):
    values, intervals = library.get_interval_estimates(
      {"": scores},
      lambda *resampled: np.array([statistic(*resampled)]),
      task_bootstrap=tasks_too,
      reps=RESAMPLES,
      confidence_interval_size=confidence,
    )
  return Estimate(float(values[""][0]), *map(float, intervals[""][:, 0]))


@contextlib.contextmanager
def _global_seed(seed: int) -> Iterator[None]:
  """Seeds NumPy's global generator, which rliable 1.2 draws from."""
  before = np.random.get_state()
  np.random.seed(seed)
  try:
    yield
  finally:
    np.random.set_state(before)


def _bias_corrected(
  samples: tuple[Any, ...], statistic: Callable[..., Any], seed: int
) -> tuple[float | None, float | None]:
  """Ends of a BCa interval; None where resamples don't give one."""
  if len(samples[0]) < 2 or not all(np.ptp(sample) for sample in samples):
    return None, None
  with warnings.catch_warnings(), np.errstate(all="ignore"):
    warnings.simplefilter("ignore", stats.DegenerateDataWarning)
    found = stats.bootstrap(
      samples,
      statistic,
      paired=True,
      n_resamples=RESAMPLES,
      rng=np.random.default_rng(seed),
    ).confidence_interval
  if not (math.isfinite(found.low) and math.isfinite(found.high)):
    return None, None
  return float(found.low), float(found.high)
