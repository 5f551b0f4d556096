"""Skill, and a task's score: 0 for the trivial predictor, 1 for a perfect one.

Skill is linear in the loss. A score is the logarithm of what is missing to
perfect skill: half of a small loss counts as much as half of a large one.
"""

import numpy as np

# Of what is missing; a score takes no notice of less.
FLOOR = 0.005


def score(skill: np.ndarray) -> np.ndarray:
  """Log skill, log(1 - skill) over log(FLOOR), not above 1; any shape."""
  missing = np.maximum(1.0 - skill, FLOOR)
  return np.asarray(np.log(missing) / np.log(FLOOR) + 0.0)


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
