"""Rank correlations between the lab and benchmarks."""

import dataclasses

import pytest

from harness.reporting.document import Figure
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import transfer
from tests.harness.reporting import blocks


def test_ranks_are_correlated_where_enough_activations_have_both(
  runs: Runs,
) -> None:
  section = transfer.section(runs, 0)
  assert section
  rows = {r[0]: r[1:] for r in blocks.table(section, "transfer").rows}
  suite, count, rho, ceiling, smallest = rows["digits top-1"]
  assert (suite, count) == ("lab@2/8/0", 6)
  assert rho.value == pytest.approx(1 - 6 * 2 / (6 * 35))  # d^2 adds up to 2.
  assert 0 < ceiling <= 1
  assert smallest == pytest.approx(0.869, abs=5e-4)
  for unsaid in ("CLRS-30 bfs", "CLRS-30 mean of 1"):
    assert rows[unsaid] == ["lab@2/8/0", 2, None, None, None]
  finding, *_ = section.findings  # Two activations say nothing of CLRS-30.
  assert finding.startswith(
    "digits top-1: Spearman's rho with the lab is +0.94"
  )
  families, figure = blocks.of_kind(section, Figure)
  assert families.name == "transfer_map"
  in_files = section.data[0].rows
  assert ["digits top-1", "lab@2/8/0, reasoning"] in [r[:2] for r in in_files]
  points = figure.drawing.axes[0].lines[0]
  assert len(points.get_xdata()) == 6


def test_one_lab_run_is_used_and_the_others_are_named(runs: Runs) -> None:
  (lab,) = runs.labs
  directory = dataclasses.replace(lab.directory, label="other")
  fewer = dataclasses.replace(lab, directory=directory, scores=lab.scores[:5])
  labs = (fewer, lab)
  section = transfer.section(dataclasses.replace(runs, labs=labs), 0)
  assert section and blocks.texts(section)[0] == (
    "Lab values are those of lab (lab@2/8/0, 5 steps x 4 seeds). Values of "
    "other runs are not used: other."
  )


def test_too_few_activations_are_reported(runs: Runs) -> None:
  section = transfer.section(dataclasses.replace(runs, images=()), 0)
  assert section and "Too few activations" in section.findings[0]


def test_there_is_no_section_without_a_lab(runs: Runs) -> None:
  assert transfer.section(dataclasses.replace(runs, labs=()), 0) is None
