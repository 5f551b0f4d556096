"""The section on a run of harness.molhiv."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.reporting import page
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import molecules, transfer_measures
from tasks.molhiv.protocol import PAPER
from tests.harness.reporting import blocks
from tests.harness.reporting.directories import read, write_scores

AUC = {"relu": 0.75, "gelu": 0.76}
SETTINGS = {
  "dataset": "ogbg-molhiv",
  **dataclasses.asdict(PAPER),
  "epochs": 7,
}


def _record(activation: str, seed: int, test_auc: float | None) -> Any:
  return {
    "dataset": "ogbg-molhiv",
    "activation": activation,
    "seed": seed,
    "status": "OK" if test_auc else "DIVERGED",
    "test_auc": test_auc,
    "val_auc": test_auc and 0.8,
  }


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
  records = [
    _record(name, seed, value + 0.01 * seed)
    for name, value in AUC.items()
    for seed in (-1, 0, 1)
  ]
  path, other = tmp_path / "molhiv", tmp_path / "other"
  write_scores(path, "molhiv", [*records, _record("selu", 0, None)], **SETTINGS)
  write_scores(other, "molhiv", records[:1], molecules="0123", **SETTINGS)
  return read(path, other)


def test_scores_have_intervals_and_the_leaderboard(runs: Runs) -> None:
  section = molecules.section(runs.molecules[0], runs.molecules, "m")
  assert section.title == "Molecules: ogbg-molhiv, molhiv"
  rows = {r[0]: r[1:] for r in blocks.table(section, "auc").rows}
  assert list(rows) == [
    "gelu", "relu", "leaderboard, relu", "fingerprints, random forest"
  ]  # fmt: skip
  half = 4.302652729911275 * 1.0 / np.sqrt(3)  # Student's t.
  assert rows["gelu"][0] == pytest.approx((76.0, 76.0 - half, 76.0 + half))
  assert rows["gelu"][1:] == [pytest.approx((80.0, 80.0, 80.0)), 3]
  assert rows["leaderboard, relu"][0].value == 75.58
  assert rows["fingerprints, random forest"][0].value == 80.60
  texts = blocks.texts(section)
  assert "Diverged: selu, seed 0." in texts
  assert (
    "Differs from the leaderboard's protocol: epochs 7 instead of 100." in texts
  )
  # Results on other molecules do not mix.
  assert (
    "Not taken together with other, which has molecules 0123 instead of None."
  ) in texts


def test_scores_are_a_benchmark_over_seeds(runs: Runs) -> None:
  first, second = transfer_measures.of_benchmarks(runs)
  assert first.name == "ogbg-molhiv ROC-AUC, molhiv"
  assert second.name == "ogbg-molhiv ROC-AUC, other"
  assert first.parts.keys() == AUC.keys()
  assert first.diverged == {"selu": "1 of 1"}
  np.testing.assert_allclose(first.parts["gelu"], [75, 76, 77])


def test_each_protocol_is_a_section_of_the_page(runs: Runs) -> None:
  titles = [
    section.title for section in page.build(runs, 0, lambda line: None).sections
  ]
  assert titles[:2] == [
    "Molecules: ogbg-molhiv, molhiv", "Molecules: ogbg-molhiv, other"
  ]  # fmt: skip
