"""The line of main parents that leads to the best program."""

from pathlib import Path

import pytest

from harness.reporting.runs.ancestors import lineage, near_ancestors
from tests.harness.reporting.lineages import chain, family


def test_a_lineage_follows_main_parents(tmp_path: Path) -> None:
  steps = lineage(family(tmp_path))
  assert [step.row.slot for step in steps] == [0, 2, 4]
  assert [[other.slot for other in step.others] for step in steps] == [
    [],
    [1],
    [3, 1],
  ]


def test_gains_are_over_main_parents(tmp_path: Path) -> None:
  origin, *steps = lineage(family(tmp_path))
  assert origin.gain is None
  gains = [step.gain.value for step in steps if step.gain]
  assert gains == pytest.approx([0.125, 0.125])
  # The same noise on every seed: nothing is left in the differences.
  assert steps[1].gain and steps[1].gain.low == pytest.approx(0.125)


def test_near_ancestors_are_the_origin_and_the_last_three(
  tmp_path: Path,
) -> None:
  near = near_ancestors(lineage(chain(tmp_path, 20)))
  assert [row.slot for row in near] == [0, 17, 18, 19]
