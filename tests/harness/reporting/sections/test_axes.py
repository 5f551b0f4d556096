"""Axes of tasks on a page."""

import numpy as np

from harness.core.evidence import TaskScores
from harness.reporting.document import DataTable, Figure, Text
from harness.reporting.sections import axes

NAMES = [f"function {number}" for number in range(20)]


def _skills(count: int = 20) -> dict[str, TaskScores]:
  """Two families of tasks that rank activations by two independent talents."""
  rng = np.random.default_rng(0)
  talents = np.repeat(rng.uniform(0.2, 0.8, (count, 2)), 6, axis=1)
  tasks = tuple(f"{family}-{n}" for family in "ab" for n in range(6))
  families = ("a",) * 6 + ("b",) * 6
  return {
    name: TaskScores(row + rng.normal(0, 0.02, (2, len(row))), families, tasks)
    for name, row in zip(NAMES, talents, strict=False)
  }


def test_each_family_is_an_axis() -> None:
  text, task_map, table, activations = axes.blocks(_skills(), "lab_1", 0)
  assert isinstance(text, Text) and "2 axes stand out" in text.text
  assert isinstance(task_map, Figure) and isinstance(activations, Figure)
  assert isinstance(table, DataTable)
  names = [column.name for column in table.columns]
  loadings = [[row[names.index(f)] for f in "ab"] for row in table.rows]
  assert sorted(np.argmax(loadings, axis=1).tolist()) == [0, 1]
  best = max(_skills().items(), key=lambda item: item[1].values[:, :6].mean())
  (row,) = (
    r for r, pair in zip(table.rows, loadings, strict=True) if pair[0] > pair[1]
  )
  assert str(row[names.index("best")]).startswith(best[0])


def test_too_few_activations_have_none() -> None:
  assert axes.blocks(_skills(8), "lab_1", 0) == []
