"""Skill, a task's score: 0 for the trivial predictor, 1 for a perfect one."""

import numpy as np


def regression_skill(loss: np.ndarray, baseline: np.ndarray) -> np.ndarray:
  """max(0, 1 - loss / baseline); 0 where the loss is not finite.

  Args:
    loss: mean squared errors, any shape.
    baseline: those of predicting the ID mean, of the same shape.
  """
  with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
    skill = np.maximum(0.0, 1.0 - loss / baseline)
  return np.where(np.isfinite(loss), skill, 0.0)


def classification_skill(accuracy: np.ndarray, num_classes: int) -> np.ndarray:
  """(accuracy - chance) / (1 - chance), not below 0; 0 if not finite."""
  chance = 1.0 / num_classes
  skill = np.maximum(0.0, (accuracy - chance) / (1.0 - chance))
  return np.where(np.isfinite(accuracy), skill, 0.0)
