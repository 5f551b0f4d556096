"""Sections on suites of the lab."""

from pathlib import Path

import pytest

from harness.core.evidence import Estimate
from harness.reporting.runs.reading import Runs
from harness.reporting.sections import lab
from tests.harness.reporting import blocks
from tests.harness.reporting.directories import (
  LAB_SETTINGS,
  lab_record,
  read,
  write_scores,
)


def test_activations_are_ranked_and_compared_with_relu(runs: Runs) -> None:
  (section,) = lab.sections(runs.labs, 0)
  assert section.title == "lab@2/8/0, 5 steps x 4 seeds, seed 0"
  rows = blocks.table(section, "scores").rows
  assert [r[0] for r in rows] == ["gelu", "mish", "relu", "elu", "tanh", "sin"]
  by_name = {r[0]: r for r in rows}
  assert by_name["gelu"][2].value == pytest.approx(0.125)  # Minus relu's.
  assert by_name["gelu"][1] == "better" and by_name["sin"][1] == "worse"
  assert by_name["relu"][2] is None
  axes = blocks.figure(section, "log_ratio").drawing.axes[0]
  names = [t.get_text() for t in axes.get_yticklabels()]
  assert names == ["gelu", "mish", "elu", "tanh", "sin"]


def test_files_get_a_row_for_each_task(runs: Runs) -> None:
  (section,) = lab.sections(runs.labs, 0)
  (table,) = section.data
  assert table.name == "lab_1_by_task"
  names = ["gelu", "mish", "relu", "elu", "tanh", "sin"]
  assert [column.name for column in table.columns] == ["task", *names]
  (gelu,) = (s for s in runs.labs[0].scores if s.activation == "gelu")
  assert [row[0] for row in table.rows] == sorted(gelu.ood_loss)
  shown = [row[1].value for row in table.rows if isinstance(row[1], Estimate)]
  assert shown == pytest.approx(gelu.skills.values.mean(axis=0).tolist())


def test_runs_at_another_fidelity_have_their_own_section(
  tmp_path: Path,
) -> None:
  for steps in (5, 6):
    settings = {**LAB_SETTINGS, "steps": steps}
    record = lab_record("relu", 0.5)
    write_scores(tmp_path / str(steps), "score", [record], **settings)
  found = read(tmp_path / "5", tmp_path / "6")
  assert [s.title for s in lab.sections(found.labs, 0)] == [
    "lab@2/8/0, 5 steps x 4 seeds, seed 0",
    "lab@2/8/0, 6 steps x 4 seeds, seed 0",
  ]


def test_activations_without_a_value_are_listed(tmp_path: Path) -> None:
  failed = {**lab_record("sin", 0.5), "status": "DIVERGED"}
  lines = [lab_record("relu", 0.5), failed]
  write_scores(tmp_path / "l", "score", lines, finished=False, **LAB_SETTINGS)
  (section,) = lab.sections(read(tmp_path / "l").labs, 0)
  assert blocks.texts(section) == [
    "Unfinished: l.", "Without a value: sin (DIVERGED)."
  ]  # fmt: skip
  assert [r[0] for r in blocks.table(section, "scores").rows] == ["relu"]
