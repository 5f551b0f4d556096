"""Two harder questions about a claim: on unseen tasks, for other generators?

Draws of a stream have tasks in common, since some generators have few: tasks of
a claim may have been in the report of a search. And a lead on tasks of given
generators need not be one on tasks of generators that nobody has written yet.
"""

from collections.abc import Collection

from scipy import stats

import harness
from harness.core.evidence import CONFIDENCE, Difference, Estimate, TaskScores
from tests.bench import clusters
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
  """The lead with Student's t over generators, within families."""
  by_task = (ours.values - theirs.values).mean(axis=0)
  # A drawn task is named by its generator and a hash; an equation is its own.
  owners = [name.rpartition("-")[0] or name for name in ours.names]
  error, freedom = clusters.error(by_task, owners, ours.families)
  mean = float(by_task.mean())
  half = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * error
  p_value = 2 * float(stats.t.sf(abs(mean) / error, freedom))
  return Difference(Estimate(mean, mean - half, mean + half), p_value)
