"""Trained parameters of activations: how far they moved."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from harness.core.parameters import Learned
from harness.reporting.document import Cell, Column, DataTable


def tables(
  found: Iterable[tuple[str, Mapping[str, Learned]]], prefix: str
) -> list[DataTable]:
  """A table with a row for each parameter of each activation.

  Args:
    found: activations with what their parameters learned, for each record.
    prefix: makes the table's name unique on the page.

  Returns:
    Nothing if no parameter was trained.
  """
  by_parameter: dict[tuple[str, str], list[Learned]] = defaultdict(list)
  for activation, learned in found:
    for name, each in learned.items():
      by_parameter[activation, name].append(each)
  if not by_parameter:
    return []
  columns = [
    Column("activation"),
    Column("parameter"),
    Column("first value"),
    Column("mean"),
    Column("standard deviation"),
    Column("mean's move", signed=True),
  ]
  caption = (
    "Trained parameters of activations: the value before training, and mean "
    "and standard deviation after it, over places where the activation "
    "stands (and channels), tasks and seeds."
  )
  rows = [_row(*key, each) for key, each in by_parameter.items()]
  if any(each.lost for records in by_parameter.values() for each in records):
    columns.append(Column("lost, %", 1))
    caption += (
      " Values that are not finite, after trainings that diverged, are lost; "
      "where their share is not known, all of such a record are left out."
    )
    for row, records in zip(rows, by_parameter.values(), strict=True):
      lost = 100 * float(np.mean([each.lost for each in records]))
      row.append(lost if math.isfinite(lost) else None)
  return [DataTable(f"{prefix}_parameters", caption, columns, rows)]


def _row(activation: str, name: str, records: list[Learned]) -> list[Cell]:
  """Each record that has a mean counts alike."""
  first = records[0].first
  finite = [each for each in records if math.isfinite(each.mean)]
  if not finite:
    return [activation, name, first, None, None, None]
  means = np.array([each.mean for each in finite])
  squares = means**2 + np.array([each.deviation for each in finite]) ** 2
  mean = float(means.mean())
  deviation = math.sqrt(max(0.0, float(squares.mean()) - mean**2))
  return [activation, name, first, mean, deviation, mean - first]
