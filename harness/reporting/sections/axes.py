"""Independent axes of generalisation: which tasks rank activations alike."""

from collections.abc import Mapping, Sequence

import numpy as np

from harness.core.evidence import TaskScores
from harness.reporting import task_axes
from harness.reporting.document import (
  Block,
  Cell,
  Column,
  DataTable,
  Figure,
  Text,
)
from harness.reporting.figures import correlation_map, scatter
from harness.reporting.task_axes import TaskAxes

_NAMED = 3  # Tasks, and activations at either end, that a table names.


def blocks(
  skills: Mapping[str, TaskScores], prefix: str, seed: int
) -> list[Block]:
  """A map of the tasks, and their axes; nothing for too few.

  Args:
    skills: OOD score of each activation, on the same tasks.
    prefix: makes the names of figures and tables unique on the page.
    seed: keys the parallel analysis.
  """
  names, scores = list(skills), list(skills.values())
  means = np.array([score.values.mean(axis=0) for score in scores])
  found = task_axes.find(means, seed)
  if found is None:
    return []
  kept = [scores[0].names[t] for t in found.kept]
  families = scores[0].families or ("tasks",) * len(scores[0].names)
  groups = [families[t] for t in found.kept]
  return [
    Text(_sentence(found, len(names))),
    _map(found, groups, prefix),
    _table(found, names, kept, groups, prefix),
    _activations(found, names, prefix),
  ]


def _sentence(found: TaskAxes, num_activations: int) -> str:
  count = found.count
  axes = "1 axis stands" if count == 1 else f"{count} axes stand"
  first = found.shares[0]
  return (
    f"Axes of generalisation: over {num_activations} activations, {axes} out "
    f"from chance on {len(found.kept)} tasks (Horn's parallel analysis of "
    f"Spearman correlations); the first holds {first:.0%} of the variance of "
    "ranks. Tasks of one axis rank activations alike; a gain on one axis says "
    "nothing about another."
  )


def _map(found: TaskAxes, groups: Sequence[str], prefix: str) -> Figure:
  order = found.order
  return Figure(
    f"{prefix}_task_map",
    "Spearman correlation of tasks over activations; similar tasks are side by "
    "side, and the band on the left tells their families.",
    correlation_map.draw(
      found.correlation[np.ix_(order, order)], [groups[t] for t in order]
    ),
  )


def _table(
  found: TaskAxes,
  names: Sequence[str],
  tasks: Sequence[str],
  groups: Sequence[str],
  prefix: str,
) -> DataTable:
  families = sorted(set(groups))
  rows: list[list[Cell]] = []
  for axis, loadings in enumerate(found.loadings.T):
    by_family = [
      float(
        np.mean([x for x, g in zip(loadings, groups, strict=True) if g == f])
      )
      for f in families
    ]
    positions = np.argsort(found.positions[:, axis])
    rows.append(
      [
        axis + 1,
        float(np.mean(np.square(loadings))),
        *by_family,
        ", ".join(tasks[t] for t in np.argsort(-loadings)[:_NAMED]),
        ", ".join(names[i] for i in positions[::-1][:_NAMED]),
        ", ".join(names[i] for i in positions[:_NAMED]),
      ]
    )
  return DataTable(
    f"{prefix}_axes",
    "Axes after varimax, the largest first: the share of the variance of ranks "
    "that each explains, the mean correlation of each family's tasks with it, "
    "the tasks that lie on it, and the activations at its ends.",
    (
      Column("axis"),
      Column("share", 2),
      *(Column(family, 2) for family in families),
      Column("tasks"),
      Column("best"),
      Column("worst"),
    ),
    rows,
  )


def _activations(found: TaskAxes, names: Sequence[str], prefix: str) -> Figure:
  first, second = found.positions[:, 0], found.positions[:, 1]
  return Figure(
    f"{prefix}_axes",
    "Activations on the first two axes; to the right and up is better.",
    scatter.draw(
      names, first.tolist(), second.tolist(), "first axis", "second axis"
    ),
  )
