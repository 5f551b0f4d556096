"""Rank correlations between the lab and benchmarks."""

import dataclasses

import pytest

from harness.core.evidence import Estimate
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
  count, rho = rows["digits top-1"]
  assert count == 6
  assert rho.value == pytest.approx(1 - 6 * 2 / (6 * 35))  # d^2 adds up to 2.
  assert rows["CLRS-30 bfs"] == [2, None]
  assert rows["CLRS-30 mean"] == [2, None]
  (finding,) = section.findings  # Two activations say nothing of CLRS-30.
  assert finding.startswith(
    "digits top-1: Spearman's rho with the lab is +0.94"
  )
  (figure,) = blocks.of_kind(section, Figure)
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


def test_algorithms_share_a_sentence() -> None:
  correlations = {
    "CLRS-30 bfs": Estimate(0.5, 0.1, 0.9),
    "CLRS-30 dfs": Estimate(0.5, -0.1, 0.9),
    "CLRS-30 minimum": Estimate(-0.5, -0.9, -0.1),
    "CLRS-30 mean": Estimate(0.2, -0.3, 0.6),
    "digits top-1": Estimate(0.9, 0.8, 1.0),
  }
  mean, digits, algorithms = transfer.sentences(correlations)
  assert mean.startswith("CLRS-30 mean: Spearman's rho with the lab is +0.20")
  assert digits.startswith("digits top-1: ")
  assert algorithms == (
    "3 algorithms of CLRS-30, each at 95% without adjustment for their number: "
    "activations better on the lab tend to be better on bfs, and worse on "
    "minimum."
  )
  del correlations["CLRS-30 mean"]
  assert len(transfer.sentences(correlations)) == 4


@pytest.mark.parametrize(
  ("low", "high", "words"),
  [
    (0.1, 0.9, "tend to be better"),
    (-0.9, -0.1, "tend to be worse"),
    (-0.1, 0.9, "can't be told from no relation"),
  ],
)
def test_a_correlation_in_words(low: float, high: float, words: str) -> None:
  correlation = Estimate((low + high) / 2, low, high)
  assert words in transfer.sentence("bfs", correlation)
