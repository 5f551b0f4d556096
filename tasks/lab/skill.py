"""Skill, a task's score: 0 for the trivial predictor, 1 for a perfect one."""

import numpy as np


def regression_skill(loss: np.ndarray, trivial: np.ndarray) -> np.ndarray:
  """max(0, 1 - loss / trivial); 0 where the loss is not finite.

  Args:
    loss: mean squared errors, any shape.
    trivial: those of predicting the ID mean, of the same shape.
  """
  with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
    skill = np.maximum(0.0, 1.0 - loss / trivial)
  return np.where(np.isfinite(loss), skill, 0.0)


def classification_skill(
  accuracy: np.ndarray, trivial: np.ndarray
) -> np.ndarray:
  """(accuracy - trivial) / (1 - trivial), not below 0; 0 if not finite.

  Args:
    accuracy: shares of right classes, any shape.
    trivial: those of predicting the most frequent class, of the same shape.
  """
  with np.errstate(invalid="ignore", divide="ignore"):
    skill = np.maximum(0.0, (accuracy - trivial) / (1.0 - trivial))
  return np.where(np.isfinite(skill), skill, 0.0)
