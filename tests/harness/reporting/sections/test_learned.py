"""The table of trained parameters."""

import pytest

from harness.core.parameters import Learned
from harness.reporting.sections import learned


def test_without_trained_parameters_there_is_no_table() -> None:
  assert learned.tables([("relu", {}), ("swish", {})], "lab_1") == []


def test_records_of_an_activation_are_one_row_for_each_parameter() -> None:
  (table,) = learned.tables(
    [
      ("crrelu:layer", {"epsilon": Learned(0.01, 1.0, 0.0)}),
      ("relu", {}),
      ("crrelu:layer", {"epsilon": Learned(0.01, 3.0, 0.0)}),
      (
        "pau:layer",
        {"a": Learned(1.0, 0.5, 0.25), "b": Learned(0.0, 0.0, 1.0)},
      ),
    ],
    "lab_1",
  )
  assert table.name == "lab_1_parameters"
  assert table.rows == [
    ["crrelu:layer", "epsilon", 0.01, 2.0, 1.0, pytest.approx(1.99)],
    ["pau:layer", "a", 1.0, 0.5, 0.25, -0.5],
    ["pau:layer", "b", 0.0, 0.0, 1.0, 0.0],
  ]
  table.by_column()


def test_what_diverged_is_left_out_and_counted() -> None:
  nan = float("nan")
  found = [
    ("prelu", {"slope": Learned(0.25, nan, nan, 1.0)}),
    ("prelu", {"slope": Learned(0.25, 0.5, 0.0)}),
    ("pau", {"a": Learned(1.0, nan, nan, nan)}),  # Of an earlier version.
    ("crrelu", {"epsilon": Learned(0.01, 0.5, 0.0, 0.125)}),
  ]
  (table,) = learned.tables(found, "images_1")
  assert table.rows == [
    ["prelu", "slope", 0.25, 0.5, 0.0, 0.25, 50.0],
    ["pau", "a", 1.0, None, None, None, None],
    ["crrelu", "epsilon", 0.01, 0.5, 0.0, 0.49, 12.5],
  ]
  assert "lost" in table.caption
  table.by_column()
