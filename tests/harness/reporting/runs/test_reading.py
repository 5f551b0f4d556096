"""Runs of all commands together: names on the page, and damaged scores."""

from pathlib import Path

import pytest

from evolve import activations
from evolve.program import Program
from harness.core.errors import UserError
from tests.harness.reporting.directories import (
  LAB_SETTINGS,
  lab_record,
  read,
  report,
  row,
  write_scores,
  write_search,
)

RELU = activations.source("relu")
SINE = "def activation(x):\n  return jnp.sin(2 * x)\n"


def test_scores_are_arrays_of_seeds_and_tasks(tmp_path: Path) -> None:
  records = [lab_record("relu", 0.5), lab_record("gelu", 0.625)]
  write_scores(tmp_path, "score", records, **LAB_SETTINGS)
  (run,) = read(tmp_path).labs
  assert [s.value for s in run.scores] == pytest.approx([0.5, 0.625])
  assert run.scores[0].skills.values.shape == (4, 8)  # [seeds, tasks]


def test_an_activation_has_one_name_in_all_runs(tmp_path: Path) -> None:
  rows = [row(0, RELU, report(0.5)), row(1, SINE, report(0.7))]
  search = tmp_path / "evolved"
  write_search(search, rows, {SINE: (report(0.7),) * 3})
  given = {
    "evolved/best.py": Program(SINE).id,
    "a/b/my_relu.py": Program(RELU).id,
    "a/b/other.py": "0123",
  }
  lab = tmp_path / "lab"
  lines = [lab_record(name, 0.5) for name in given]
  write_scores(lab, "score", lines, ids=given, **LAB_SETTINGS)
  names = ["winner of evolved", "relu", "b/other.py"]
  (run,) = read(search, lab).labs
  assert [score.activation for score in run.scores] == names
  (run,) = read(lab).labs  # Without the search nobody knows its winner.
  assert [s.activation for s in run.scores] == ["evolved/best.py", *names[1:]]


@pytest.mark.parametrize(
  "content", ["{}\n", "no json\n", '{"activation": 1}\n']
)
@pytest.mark.parametrize("command", ["score", "clrs30", "imagenet", "molhiv"])
def test_damaged_scores_are_one_line(
  tmp_path: Path, command: str, content: str
) -> None:
  write_scores(tmp_path, command, [lab_record("relu", 0.5)], **LAB_SETTINGS)
  (tmp_path / "scores.jsonl").write_text(content)
  with pytest.raises(UserError, match=r"scores\.jsonl is damaged"):
    read(tmp_path)
