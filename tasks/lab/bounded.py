"""Drawing regression tasks again until their OOD targets stay within sight."""

import itertools
from collections.abc import Callable

import numpy as np

from tasks.lab.regression import EXCESS, RegressionTask
from tasks.lab.sample import OOD_BANDS, Band

Draw = Callable[[np.random.Generator], RegressionTask]

# In standard deviations of the ID targets. The bounds on samples are below
# those of the conformance rule, so that other points keep those as well.
MAX_AT_CORNERS = 25
MAX_TARGET = 20
MAX_RMS_TARGET = 8
# The least share of the ID targets' variance that no linear function explains.
MIN_CURVED = 0.1

_COUNT = 1000


def bounded(draw: Draw) -> Draw:
  """Draws until a task is bounded out of distribution and is no linear one.

  What is drawn depends on the generator's state only.
  """

  def drawn(rng: np.random.Generator) -> RegressionTask:
    while not _fits(task := draw(rng)):
      pass
    return task

  return drawn


def _fits(task: RegressionTask) -> bool:
  rng = np.random.default_rng(0)
  inputs, targets = task.sample(rng, Band.ID, _COUNT)
  if not targets.std() > 0:
    return False
  design = np.column_stack([inputs["x"], np.ones(_COUNT)])
  residual = targets - design @ np.linalg.lstsq(design, targets, rcond=None)[0]
  if residual.var() < MIN_CURVED * targets.var():
    return False

  def scaled(beyond: np.ndarray) -> np.ndarray:
    return np.asarray((beyond - targets.mean()) / targets.std())

  if np.abs(scaled(_at_corners(task))).max() > MAX_AT_CORNERS:
    return False
  for band in OOD_BANDS:
    beyond = scaled(task.sample(rng, band, _COUNT).targets)
    if np.abs(beyond).max() > MAX_TARGET:
      return False
    if np.sqrt(np.mean(beyond**2)) > MAX_RMS_TARGET:
      return False
  return True


def _at_corners(task: RegressionTask) -> np.ndarray:
  """The function where every input is at an end of its FAR range."""
  _, excess = EXCESS[Band.FAR]
  ends = [interval.widened(excess) for interval in task.inputs.values()]
  return task.function(*np.array(list(itertools.product(*ends))).T)
