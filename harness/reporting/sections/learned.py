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
      if math.isfinite(each.mean) and math.isfinite(each.deviation):
        by_parameter[activation, name].append(each)
  if not by_parameter:
    return []
  return [
    DataTable(
      f"{prefix}_parameters",
      "Trained parameters of activations: the value before training, and mean "
      "and standard deviation after it, over places where the activation "
      "stands (and channels), tasks and seeds.",
      (
        Column("activation"),
        Column("parameter"),
        Column("first value"),
        Column("mean"),
        Column("standard deviation"),
        Column("mean's move", signed=True),
      ),
      [_row(*key, each) for key, each in by_parameter.items()],
    )
  ]


def _row(activation: str, name: str, records: list[Learned]) -> list[Cell]:
  """Each record counts alike."""
  means = np.array([each.mean for each in records])
  squares = means**2 + np.array([each.deviation for each in records]) ** 2
  mean, first = float(means.mean()), records[0].first
  deviation = math.sqrt(max(0.0, float(squares.mean()) - mean**2))
  return [activation, name, first, mean, deviation, mean - first]
