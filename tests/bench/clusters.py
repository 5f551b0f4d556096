"""The standard error of a mean over tasks whose generators are the unit."""

from collections import Counter
from collections.abc import Sequence

import numpy as np


def error(
  by_task: np.ndarray, generators: Sequence[str], families: Sequence[str]
) -> tuple[float, float]:
  """Standard error of the mean, and Satterthwaite's degrees of freedom.

  Cluster-robust for a ratio of totals, within families. Families of a single
  generator form a stratum together.

  Args:
    by_task: [T].
    generators: of the tasks.
    families: likewise.
  """
  _, first, members = np.unique(
    generators, return_index=True, return_inverse=True
  )
  sizes, totals = np.bincount(members), np.bincount(members, by_task)
  owners = [families[i] for i in first]
  counts = Counter(owners)
  strata = np.array([f if counts[f] > 1 else "single" for f in owners])
  variance, below = 0.0, 0.0
  for stratum in np.unique(strata):
    inside = strata == stratum
    count = int(inside.sum())
    ratio = totals[inside].sum() / sizes[inside].sum()
    residuals = totals[inside] - ratio * sizes[inside]
    part = count / (count - 1) * (residuals**2).sum() / len(by_task) ** 2
    variance += part
    below += part**2 / (count - 1)
  return float(np.sqrt(variance)), float(variance**2 / below)
