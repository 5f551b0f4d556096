"""The section on a search's verification."""

from pathlib import Path

import pytest

from evolve.runs.finalists import HELDOUT
from harness.reporting.document import Section, Text
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import verification
from tests.harness.reporting import blocks
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)
from tests.harness.reporting.searches import RELU, verified


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> SearchRun:
  """Its winner is better on fresh tasks, and worse on held-out tasks."""
  return verified(tmp_path_factory.mktemp("search"), 0.625, 0.25)


@pytest.fixture(scope="module")
def section(run: SearchRun) -> Section:
  return verification.section(run, "s", 0)


def test_finalists_fall_on_new_seeds(section: Section) -> None:
  table = blocks.table(section, "finalists")
  rows = {r[0]: r for r in table.rows}
  assert list(rows) == ["slot 1 (winner)", "slot 2", "gelu", "relu"]
  fell = [c.name for c in table.columns].index("fell by")
  assert rows["slot 1 (winner)"][fell] == pytest.approx(0.125)
  assert rows["slot 2"][fell] == pytest.approx(0.175)
  assert rows["gelu"][fell] is None  # The search never had it.
  (bias,) = (t for t in blocks.texts(section) if t.startswith("Selection bias"))
  assert "2 best of the search fell by +0.150 on average" in bias
  assert bias.endswith("the winner by +0.125.")


def test_held_out_tasks_have_no_part_in_the_choice(run: SearchRun) -> None:
  assert run.winner and run.winner.name == "slot 1"
  by_heldout = max(run.finalists, key=lambda f: f.reports[HELDOUT].value)
  assert by_heldout.name == "slot 2"


def test_the_winner_is_compared_with_rivals(
  run: SearchRun, section: Section
) -> None:
  tests = {(t.subject, t.tasks): t for t in verification.against_rivals(run, 0)}
  fresh = tests["gelu", "fresh@2/8/0"]
  heldout = tests["gelu", "heldout@2/8/0"]
  assert [subject for subject, _ in tests] == ["gelu", "relu"] * 2
  assert fresh.lead.value == pytest.approx(0.125)
  assert (fresh.verdict, heldout.verdict) == ("better", "worse")
  assert fresh.improvement.value == 1.0
  (finding,) = section.findings
  assert finding == (
    "The winner is slot 1: on tasks of the lab's generators it is better than "
    "gelu and relu; on tasks of held-out generators it is worse than gelu and "
    "relu."
  )


def test_no_difference_is_no_verdict(tmp_path: Path) -> None:
  run = verified(tmp_path, 0.5, 0.5)
  (finding,) = verification.section(run, "s", 0).findings
  assert finding.count("not shown to differ from gelu") == 2
  assert "on tasks of the lab's generators it is better than relu" in finding


def test_an_unverified_search_has_no_findings(tmp_path: Path) -> None:
  rows = [row(0, RELU, report(0.5))]
  run = read_search(write_search(tmp_path, rows, {}, finished=False))
  section = verification.section(run, "s", 0)
  assert section.blocks == [
    Text("Nothing was verified: the search did not get that far.")
  ]
  assert section.findings == ()


def test_gains_are_shown_task_by_task(section: Section) -> None:
  figure = blocks.figure(section, "by_task")
  points = [
    line for line in figure.drawing.axes[0].lines if line.get_marker() == "o"
  ]
  assert [p.get_xdata()[0] for p in points] == pytest.approx([0.125] * 8)
  assert "minus that of gelu" in figure.caption


def test_log_ratios_are_to_relu(section: Section) -> None:
  axes = blocks.figure(section, "log_ratio").drawing.axes[0]
  assert [t.get_text() for t in axes.get_yticklabels()] == [
    "slot 2", "slot 1", "gelu"
  ]  # fmt: skip
