"""What the page says of winners: against rivals, and against each other."""

from pathlib import Path

import pytest

from evolve import activations
from evolve.program import Program
from harness.reporting.document import Figure, Section, Table, Text
from harness.reporting.runs.reading import read_all
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import comparison, verification
from tests.harness.reporting.directories import report, row, write_search

RELU, GELU = activations.source("relu"), activations.source("gelu")
FIRST = "def activation(x):\n  return jnp.sin(2 * x)\n"
SECOND = "def activation(x):\n  return jnp.sin(3 * x)\n"


def _search(
  path: Path, fresh: float, heldout: float, **changes: object
) -> SearchRun:
  """FIRST has 0.75 in the search and is the winner; gelu has 0.5."""
  rows = [
    row(0, RELU, report(0.45)),
    row(1, FIRST, report(0.75), Program(RELU)),
    row(2, SECOND, report(0.7), Program(FIRST), niche=(4, 1, 1, 1)),
  ]
  finals = {
    FIRST: (report(fresh), report(heldout)),
    SECOND: (report(fresh - 0.1), report(0.9)),
    GELU: (report(0.5), report(0.5)),
    RELU: (report(0.25), report(0.5)),
  }
  write_search(path, rows, finals, **changes)
  return read_all([str(path)]).searches[0]


def _table(section: Section, end: str) -> Table:
  (table,) = (
    b for b in section.blocks if isinstance(b, Table) and b.name.endswith(end)
  )
  return table


def test_finalists_and_how_far_they_fell(tmp_path: Path) -> None:
  section = verification.section(_search(tmp_path, 0.625, 0.5), "s", 0)
  rows = {r[0]: r for r in _table(section, "finalists").rows}
  assert list(rows) == ["slot 1 (winner)", "slot 2", "gelu", "relu"]
  names = [c.name for c in _table(section, "finalists").columns]
  fell = names.index("fell by")
  assert rows["slot 1 (winner)"][fell] == pytest.approx(0.125)
  assert rows["slot 2"][fell] == pytest.approx(0.175)
  assert rows["gelu"][fell] is None  # The search never had it.
  (bias,) = (
    b.text
    for b in section.blocks
    if isinstance(b, Text) and b.text.startswith("Selection bias")
  )
  assert "2 best of the search fell by +0.150 on average" in bias
  assert bias.endswith("the winner by +0.125.")


def test_the_winner_is_chosen_without_held_out_tasks(tmp_path: Path) -> None:
  run = _search(tmp_path, 0.625, 0.1)  # SECOND is far better there.
  assert run.winner and run.winner.name == "slot 1"


def test_better_and_worse_than_rivals(tmp_path: Path) -> None:
  run = _search(tmp_path, 0.625, 0.25)
  found = {c.names: c for c in verification.comparisons(run, 0)}
  fresh = found["gelu", "lab@1, fresh seeds"]
  heldout = found["gelu", "heldout@1"]
  assert len(found) == 2  # relu is the baseline, and the others are not there.
  assert fresh.difference.estimate.value == pytest.approx(0.125)
  assert (fresh.verdict, heldout.verdict) == ("better", "worse")
  assert fresh.improvement.value == 1.0
  (finding,) = verification.section(run, "s", 0).findings
  assert "better than gelu (+0.125" in finding
  assert "worse than gelu (-0.250" in finding


def test_no_difference_is_said(tmp_path: Path) -> None:
  run = _search(tmp_path, 0.5, 0.5)
  (finding,) = verification.section(run, "s", 0).findings
  assert finding.count("indistinguishable from gelu") == 2


def test_an_unverified_search_says_so(tmp_path: Path) -> None:
  path = write_search(tmp_path, [row(0, RELU, report(0.5))], {}, finished=False)
  section = verification.section(read_all([str(path)]).searches[0], "s", 0)
  assert section.blocks == [
    Text("Nothing was verified: the search did not get that far.")
  ]


def test_gains_by_task(tmp_path: Path) -> None:
  section = verification.section(_search(tmp_path, 0.625, 0.5), "s", 0)
  figure = next(
    b for b in section.blocks if isinstance(b, Figure) and "by_task" in b.name
  )
  points = [
    line for line in figure.drawing.axes[0].lines if line.get_marker() == "o"
  ]
  assert [p.get_xdata()[0] for p in points] == pytest.approx([0.125] * 3)
  assert "minus that of gelu" in figure.caption


def test_log_ratios_to_relu(tmp_path: Path) -> None:
  section = verification.section(_search(tmp_path, 0.625, 0.5), "s", 0)
  figure = next(
    b for b in section.blocks if isinstance(b, Figure) and "log" in b.name
  )
  axes = figure.drawing.axes[0]
  assert [t.get_text() for t in axes.get_yticklabels()] == [
    "slot 1", "slot 2", "gelu"
  ]  # fmt: skip


def test_mutators_against_each_other(tmp_path: Path) -> None:
  runs = [
    _search(tmp_path / "evolved", 0.75, 0.5),
    _search(tmp_path / "control", 0.5, 0.5, mutator="random"),
  ]
  (section,) = comparison.sections(runs, 0)
  assert section.title == "expression against random, 3 candidates each"
  rows = _table(section, "winners").rows
  assert [r[1] for r in rows] == ["lab@1, fresh seeds", "heldout@1"]
  assert [r[-1] for r in rows] == ["better", "no difference"]
  budget = {r[0]: r for r in _table(section, "equal_budget").rows}
  assert budget["random"][1] == 1
  assert budget["random"][2].value == pytest.approx(0.75)
  (finding,) = section.findings
  assert "better on lab@1, fresh seeds (+0.250)" in finding
  assert "1 run a mutator" in finding


def test_runs_of_several_seeds_share_an_arm(tmp_path: Path) -> None:
  runs = [
    _search(
      tmp_path / f"{mutator}-{seed}", 0.5, 0.5, mutator=mutator, seed=seed
    )
    for mutator in ("expression", "random")
    for seed in range(3)
  ]
  (arms,) = comparison.comparable(runs)
  assert {name: len(runs) for name, runs in arms.items()} == {
    "expression": 3,
    "random": 3,
  }
  assert len(comparison.winners(arms, 0)) == 6  # Pairs of a seed, two places.


def test_searches_on_other_settings_are_not_compared(tmp_path: Path) -> None:
  runs = [
    _search(tmp_path / "a", 0.75, 0.5),
    _search(
      tmp_path / "b", 0.5, 0.5, mutator="random",
      full={"steps": 9, "num_seeds": 4},
    ),
    _search(tmp_path / "c", 0.5, 0.5, seed=1),
  ]  # fmt: skip
  assert comparison.sections(runs, 0) == []


def test_unequal_budgets_are_cut_and_winners_not_compared(
  tmp_path: Path,
) -> None:
  short = write_search(
    tmp_path / "short", [row(0, RELU, report(0.45))], {}, mutator="random",
    finished=False,
  )  # fmt: skip
  runs = [
    _search(tmp_path / "long", 0.75, 0.5),
    read_all([str(short)]).searches[0],
  ]
  (section,) = comparison.sections(runs, 0)
  rows = {r[0]: r for r in _table(section, "equal_budget").rows}
  assert rows["expression"][2].value == pytest.approx(0.45)
  assert "No winners of expression and random compare" in section.findings[0]
