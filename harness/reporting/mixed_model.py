"""A mixed model of scores, with random runs and random tasks.

The score of a run's winner on a task is a mean, plus the effect of the run's
strategy, plus random effects of the run and of the task, plus the rest. Runs
and tasks are crossed, which statsmodels fits as variance components of a single
group, by restricted maximum likelihood. The fit starts from the estimates of
the analysis of variance: from statsmodels' own start it takes half a minute for
12 runs on 128 tasks, or ends without having converged. A component that they
put below 0 is 0 in the fit, too, and left out of it.
"""

import math
import warnings
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy import special
from statsmodels.regression.mixed_linear_model import (
  MixedLM,
  MixedLMParams,
  VCSpec,
)

from harness.core.evidence import CONFIDENCE, Estimate


class Effect(NamedTuple):
  """The effect of a strategy.

  Attributes:
    estimate: ours minus theirs, with its interval.
    p_value: of Student's t with two degrees of freedom less than there are
      runs, as a strategy has no other replicates than its runs. (Wald's z,
      statsmodels' own, takes the variance between runs as known.)
  """

  estimate: Estimate
  p_value: float


def fit(ours: np.ndarray, theirs: np.ndarray) -> Effect | None:
  """Fits the scores of two strategies; None if the fit does not converge.

  Args:
    ours: [runs, tasks].
    theirs: [runs, tasks], of the same tasks.
  """
  scores = np.concatenate([ours, theirs])
  is_ours = np.repeat([1.0, 0.0], [len(ours), len(theirs)])
  components = _analysis_of_variance(scores, is_ours)
  if not components:  # Nothing is random, or it all is in the rest.
    return None
  start = MixedLMParams(k_fe=2, k_re=0, k_vc=len(components))
  start.fe_params = np.array([theirs.mean(), ours.mean() - theirs.mean()])
  start.cov_re = np.zeros((0, 0))
  start.vcomp = np.array(list(components.values()))
  with warnings.catch_warnings(), np.errstate(all="ignore"):
    # They repeat what `converged` says.
    warnings.simplefilter("ignore")
    try:
      model = _model(scores, is_ours, components)
      found = model.fit(start_params=start, method=["lbfgs"])
      value, error = float(found.fe_params[1]), float(found.bse_fe[1])
    except (ValueError, np.linalg.LinAlgError):
      return None
  if not (found.converged and math.isfinite(error) and error > 0):
    return None
  freedom = len(scores) - 2
  half = float(special.stdtrit(freedom, (1 + CONFIDENCE) / 2)) * error
  return Effect(
    Estimate(value, value - half, value + half),
    2 * float(special.stdtr(freedom, -abs(value) / error)),
  )


def _model(
  scores: np.ndarray, is_ours: np.ndarray, components: Iterable[str]
) -> MixedLM:
  """The model with random effects for each level of its components."""
  num_runs, num_tasks = scores.shape
  run, task = np.divmod(np.arange(scores.size), num_tasks)
  levels = {"run": np.eye(num_runs)[run], "task": np.eye(num_tasks)[task]}
  designs = {name: levels[name] for name in components}
  return MixedLM(
    scores.ravel(),
    np.stack([np.ones(scores.size), is_ours[run]], axis=1),
    groups=np.zeros(scores.size),
    exog_vc=VCSpec(
      list(designs),
      [[[str(i) for i in range(m.shape[1])]] for m in designs.values()],
      [[design] for design in designs.values()],
    ),
  )


def _analysis_of_variance(
  scores: np.ndarray, is_ours: np.ndarray
) -> dict[str, float]:
  """The variances of runs and of tasks that are above 0, over the rest's."""
  num_runs, num_tasks = scores.shape
  by_run, by_task = scores.mean(axis=1), scores.mean(axis=0)
  ours, theirs = (by_run[is_ours == side].mean() for side in (1, 0))
  rest = scores - by_run[:, None] - by_task + scores.mean()
  of_rest = np.sum(rest**2) / ((num_runs - 1) * (num_tasks - 1))
  if of_rest <= np.finfo(np.float64).eps * np.var(scores):
    return {}
  within = by_run - np.where(is_ours, ours, theirs)
  of_runs = num_tasks * np.sum(within**2) / (num_runs - 2)
  of_tasks = num_runs * np.var(by_task, ddof=1)
  found = {
    "run": float(of_runs / of_rest - 1) / num_tasks,
    "task": float(of_tasks / of_rest - 1) / num_runs,
  }
  return {name: size for name, size in found.items() if size > 0}
