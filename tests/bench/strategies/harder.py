"""Two harder questions about a claim: on unseen tasks, for other generators?

Draws of a stream have tasks in common, since some generators have few: tasks of
a claim may have been in the report of a search. And a lead on tasks of given
generators need not be one on tasks of generators that nobody has written yet.
"""

from collections import Counter
from collections.abc import Collection

import numpy as np
from scipy import stats

import harness
from harness.core.evidence import CONFIDENCE, Difference, Estimate, TaskScores
from tests.bench.strategies import REPORTED


def seen(stream: str, draw: int, num_tasks: int) -> set[str]:
  """The tasks that reports and claims on earlier draws had.

  Args:
    stream: fresh or heldout.
    draw: of the claim.
    num_tasks: of a claim.
  """
  earlier = [*REPORTED, *((num_tasks, k) for k in range(1, draw))]
  return {
    name
    for count, number in earlier
    for name in harness.list_tasks(stream, num_tasks=count, draw=number)
  }


def without(scores: TaskScores, names: Collection[str]) -> TaskScores:
  """The scores on all other tasks."""
  kept = [i for i, name in enumerate(scores.names) if name not in names]
  return TaskScores(
    scores.values[:, kept],
    tuple(scores.families[i] for i in kept),
    tuple(scores.names[i] for i in kept),
  )


def over_generators(ours: TaskScores, theirs: TaskScores) -> Difference:
  """The lead with Student's t over generators, within families.

  Cluster-robust for a ratio of totals, with Satterthwaite's degrees of freedom.
  Families of a single generator form a stratum together.
  """
  by_task = (ours.values - theirs.values).mean(axis=0)
  # A drawn task is named by its generator and a hash; an equation is its own.
  owners = [name.rpartition("-")[0] or name for name in ours.names]
  _, first, members = np.unique(owners, return_index=True, return_inverse=True)
  sizes, totals = np.bincount(members), np.bincount(members, by_task)
  families = [ours.families[i] for i in first]
  counts = Counter(families)
  strata = np.array([f if counts[f] > 1 else "single" for f in families])
  variance, below = 0.0, 0.0
  for stratum in np.unique(strata):
    inside = strata == stratum
    count = int(inside.sum())
    ratio = totals[inside].sum() / sizes[inside].sum()
    residuals = totals[inside] - ratio * sizes[inside]
    part = count / (count - 1) * (residuals**2).sum() / len(by_task) ** 2
    variance += part
    below += part**2 / (count - 1)
  freedom, error = variance**2 / below, float(np.sqrt(variance))
  mean = float(by_task.mean())
  half = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * error
  p_value = 2 * float(stats.t.sf(abs(mean) / error, freedom))
  return Difference(Estimate(mean, mean - half, mean + half), p_value)
