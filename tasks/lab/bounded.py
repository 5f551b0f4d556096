"""Drawing regression tasks again until their OOD targets stay within sight."""

from collections.abc import Callable

import numpy as np

from tasks.lab.regression import RegressionTask
from tasks.lab.sample import OOD_BANDS, Band

Draw = Callable[[np.random.Generator], RegressionTask]

# In standard deviations of the ID targets; below the bounds of the conformance
# rule, so that other points keep those as well.
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
  for band in OOD_BANDS:
    beyond = task.sample(rng, band, _COUNT).targets
    scaled = (beyond - targets.mean()) / targets.std()
    if np.abs(scaled).max() > MAX_TARGET:
      return False
    if np.sqrt(np.mean(scaled**2)) > MAX_RMS_TARGET:
      return False
  return True
