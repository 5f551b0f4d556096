"""The power of a task to tell activations apart, without which it says nothing.

A thousand networks are trained for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from harness.core.fitness import Activation
from tasks.lab import problem
from tasks.lab.blocks import blocks_of
from tasks.lab.fitness import FULL
from tasks.lab.sample import OOD_BANDS
from tasks.lab.sine import fast_sine
from tasks.lab.task import Task
from tasks.lab.training import train_and_test

_NUM_SEEDS = 4
MIN_SPREAD = 0.1
MIN_STANDARD_ERRORS = 3
# A band says nothing where the best activation is below the first, or the worst
# above the second.
MIN_BEST, MAX_WORST = 0.1, 0.97


def skills(
  tasks: Sequence[Task], activations: Sequence[Activation]
) -> dict[str, np.ndarray]:
  """For each task, by name, the skills [activations, seeds, bands]."""
  found: dict[str, list[np.ndarray]] = {task.name: [] for task in tasks}
  for block in blocks_of(tasks):
    problems = [block.draw(0, index) for index in range(_NUM_SEEDS)]
    for activation in activations:
      with fast_sine():
        metrics = [
          train_and_test(
            drawn, FULL.steps, family=block.family, activation=activation
          ).metrics
          for drawn in problems
        ]
      for result in block.results(metrics, problems):
        found[result.task.name].append(result.skills)
  return {name: np.stack(of_task) for name, of_task in found.items()}


def activations_told_apart(of_task: np.ndarray) -> Iterator[str]:
  """The best activation beats the worst, by more than chance would.

  Args:
    of_task: skills [activations, seeds, bands].
  """
  ood = of_task[:, :, 1:].mean(axis=2)  # [activations, seeds]
  mean = ood.mean(axis=1)
  gap = ood[mean.argmax()] - ood[mean.argmin()]
  standard_error = gap.std(ddof=1) / np.sqrt(len(gap))
  least = max(MIN_SPREAD, MIN_STANDARD_ERRORS * standard_error)
  if not gap.mean() >= least:
    yield (
      f"the best activation beats the worst by {gap.mean():.3f}; at least "
      f"{least:.3f} is needed, which is {MIN_SPREAD} and {MIN_STANDARD_ERRORS} "
      "standard errors"
    )


def no_impossible_or_trivial_band(of_task: np.ndarray) -> Iterator[str]:
  """In each band some activation scores, and some does not score all.

  Args:
    of_task: skills [activations, seeds, bands].
  """
  for band in OOD_BANDS:
    mean = of_task[:, :, problem.BANDS.index(band)].mean(axis=1)
    if not mean.max() > MIN_BEST:
      yield f"no activation scores over {MIN_BEST} in {band}"
    if not mean.min() < MAX_WORST:
      yield f"every activation scores {MAX_WORST} or more in {band}"


RULES: Mapping[str, Callable[[np.ndarray], Iterator[str]]] = {
  rule.__name__.replace("_", " "): rule
  for rule in (activations_told_apart, no_impossible_or_trivial_band)
}
