"""Best value so far of several runs, by group."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from harness.reporting.figures import style

# x, increasing, and the best value so far; both [points].
Course = tuple[np.ndarray, np.ndarray]


def draw(
  courses: Mapping[str, Sequence[Course]], x_label: str, measure: str
) -> Figure:
  """Draws steps: each run thin, the mean of a group thick.

  Args:
    courses: of the runs of each group, by its name.
    x_label: with its unit.
    measure: the name of the values, which are between 0 and 1.
  """
  figure, axes = style.axes()
  for number, (name, runs) in enumerate(courses.items()):
    look = style.line(number)
    if len(runs) > 1:
      for x, y in runs:
        axes.step(x, y, where="post", linewidth=0.7, alpha=0.5, **look)
    x, y = _mean(runs)
    axes.step(x, y, where="post", linewidth=2, label=name, **look)
  axes.set_xlabel(x_label)
  axes.set_ylabel(f"best {measure} so far (0 to 1)")
  axes.legend(loc="lower right")
  return figure


def _mean(runs: Sequence[Course]) -> Course:
  """The mean of step functions over the x that all of them cover."""
  if len(runs) == 1:
    return runs[0]
  start, end = max(x[0] for x, _ in runs), min(x[-1] for x, _ in runs)
  joined = np.unique(np.concatenate([x for x, _ in runs]))
  x = joined[(joined >= start) & (joined <= end)]
  values = [y[np.searchsorted(known, x, "right") - 1] for known, y in runs]
  return x, np.mean(values, axis=0)
