"""The area under the curve of the receiver operating characteristic."""

import numpy as np

from harness.core import extras


def check() -> None:
  """Raises a UserError if the package that it needs can't be imported."""
  try:
    import sklearn.metrics  # noqa: F401
  except ImportError as error:
    raise extras.missing("molecules", error) from error


def roc_auc(labels: np.ndarray, logits: np.ndarray) -> float | None:
  """The score of a split, in [0, 1]; None if a logit is not finite."""
  # Imported here: it takes seconds.
  from sklearn.metrics import roc_auc_score

  if not np.isfinite(logits).all():
    return None
  return float(roc_auc_score(labels, logits))
