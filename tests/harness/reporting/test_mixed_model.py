"""Mixed models against the closed forms of balanced designs."""

import math

import numpy as np
import pytest
from scipy import stats

from harness.reporting import mixed_model

NUM_TASKS = 24


def _scores(
  num_ours: int, num_theirs: int, between_runs: float
) -> tuple[np.ndarray, np.ndarray]:
  """Scores [runs, tasks] of ours, which are 0.02 better, and of theirs."""
  rng = np.random.default_rng(0)
  num_runs = num_ours + num_theirs
  scores = 0.5 + rng.normal(0, 0.2, NUM_TASKS)  # Of tasks.
  scores = scores + rng.normal(0, between_runs, (num_runs, 1))
  scores = scores + rng.normal(0, 0.03, (num_runs, NUM_TASKS))
  scores[:num_ours] += 0.02
  return scores[:num_ours], scores[num_ours:]


def test_runs_that_vary_are_the_unit() -> None:
  """The t-test of their means has the whole evidence: tasks cancel."""
  ours, theirs = _scores(6, 4, between_runs=0.02)
  found = mixed_model.fit(ours, theirs)
  assert found
  t_test = stats.ttest_ind(ours.mean(axis=1), theirs.mean(axis=1))
  interval = t_test.confidence_interval()
  assert found.p_value == pytest.approx(t_test.pvalue, rel=1e-3)
  assert found.estimate == pytest.approx(
    (ours.mean() - theirs.mean(), interval.low, interval.high), rel=1e-3
  )


def test_runs_that_vary_no_more_than_the_rest_add_to_it() -> None:
  """Then the analysis of variance without random runs has the error."""
  ours, theirs = _scores(5, 5, between_runs=0.0)
  by_run = np.concatenate([ours, theirs]).mean(axis=1)
  within = by_run - np.repeat([ours.mean(), theirs.mean()], 5)
  found = mixed_model.fit(ours, theirs)
  assert found
  by_task = np.concatenate([ours, theirs]).mean(axis=0)
  rest = np.concatenate([ours - ours.mean(), theirs - theirs.mean()])
  rest = rest - (by_task - by_task.mean())
  variance = np.sum(rest**2) / (9 * NUM_TASKS - 1)
  # The case is the one that it says.
  assert NUM_TASKS * np.sum(within**2) / 8 < variance
  error = math.sqrt(variance / NUM_TASKS * (1 / 5 + 1 / 5))
  half = stats.t.ppf(0.975, 8) * error
  value, low, high = found.estimate
  assert value == pytest.approx(ours.mean() - theirs.mean())
  assert (value - low, high - value) == pytest.approx((half, half), rel=1e-3)


def test_a_model_of_runs_without_chance_does_not_converge() -> None:
  _, theirs = _scores(3, 3, between_runs=0.0)
  same = np.tile(theirs[:1], (3, 1))
  assert mixed_model.fit(same + 0.02, same) is None
