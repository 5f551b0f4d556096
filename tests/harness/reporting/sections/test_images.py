"""The section on a run of harness.imagenet."""

import numpy as np
import pytest

from harness.reporting.runs.reading import Runs
from harness.reporting.sections import images
from tests.harness.reporting import blocks


def test_accuracies_have_intervals_and_a_linear_baseline(runs: Runs) -> None:
  section = images.section(runs.images[0], runs.images, "i")
  rows = {r[0]: r[1:] for r in blocks.table(section, "accuracy").rows}
  assert next(iter(rows)) == "gelu"  # The best is first.
  half = 4.302652729911275 * 1.0 / np.sqrt(3)  # Student's t.
  assert rows["gelu"][0] == pytest.approx((96.0, 96.0 - half, 96.0 + half))
  assert rows["gelu"][1:] == [(100.0, 100.0, 100.0), 3]
  assert rows["logistic regression on pixels"][0].value == pytest.approx(
    91.1, abs=1.0
  )
  assert "selu" not in rows
  texts = blocks.texts(section)
  assert "Diverged: selu, seed 0." in texts
  assert "Differs from the recipe of digits: momentum 0.5 instead of 0.9." in (
    texts
  )
