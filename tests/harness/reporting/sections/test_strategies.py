"""Sections that compare strategies at equal budget."""

from pathlib import Path

import pytest

from harness.core.fitness import Report, Status
from harness.reporting.sections import strategies, strategy_tests
from tests.harness.reporting import blocks
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)
from tests.harness.reporting.searches import RELU, Found, verified


def test_two_strategies_are_compared(tmp_path: Path) -> None:
  runs = [
    verified(tmp_path / "evolved", 0.75, 0.5),
    verified(tmp_path / "control", 0.5, 0.5, mutator="random"),
  ]
  (section,) = strategies.sections(runs, [], 0)
  assert section.title == "expression against random, 3 candidates each"
  rows = blocks.table(section, "winners").rows
  assert [r[1] for r in rows] == ["fresh@2/8/0", "heldout@2/8/0"]
  assert [r[2] for r in rows] == ["better", "no difference shown"]
  budget = {r[0]: r for r in blocks.table(section, "equal_budget").rows}
  assert budget["random"][1] == 1
  assert budget["random"][2].value == pytest.approx(0.75)
  (finding,) = section.findings
  assert finding.startswith(
    "Winners of single runs, evolved against control: better on fresh@2/8/0 "
    "(+0.250, +0.250 to +0.250), no difference shown on heldout@2/8/0 (+0.000"
  )
  assert blocks.texts(section)[0].startswith("With 1 run of a strategy")


def test_a_search_on_other_tasks_is_named(tmp_path: Path) -> None:
  runs = [
    verified(tmp_path / "evolved", 0.75, 0.5),
    verified(tmp_path / "control", 0.5, 0.5, mutator="random"),
    verified(tmp_path / "own", 0.5, 0.5, suite="lab@2/8/0+my.tasks"),
  ]
  (section,) = strategies.sections(runs, [], 0)
  assert blocks.texts(section)[-1] == (
    "Not compared, for other tasks or settings: own."
  )


def test_two_runs_of_several_seeds_pair_by_seed(tmp_path: Path) -> None:
  runs = [
    verified(
      tmp_path / f"{mutator}-{seed}", 0.5, 0.5, mutator=mutator, seed=seed
    )
    for mutator in ("expression", "random")
    for seed in range(2)
  ]
  (by_strategy,) = strategies.comparable(runs)
  assert {name: len(runs) for name, runs in by_strategy.items()} == {
    "expression": 2,
    "random": 2,
  }
  tests = strategy_tests.of_winners(by_strategy, 0)
  assert len(tests) == 4  # Pairs of a seed, on two sets of tasks.


def test_a_search_that_tunes_constants_is_another_strategy(
  tmp_path: Path,
) -> None:
  tuning = {"tuning_share": 0.25, "tuning_evaluations": 24}
  runs = [
    verified(tmp_path / "plain", 0.5, 0.5),
    verified(tmp_path / "tuned", 0.75, 0.5, **tuning),
  ]
  (section,) = strategies.sections(runs, [], 0)
  assert section.title == (
    "expression against expression, 25% tuning, 3 candidates each"
  )


def test_searches_with_other_settings_are_not_compared(tmp_path: Path) -> None:
  runs = [
    verified(tmp_path / "a", 0.75, 0.5),
    verified(
      tmp_path / "b", 0.5, 0.5, mutator="random",
      full={"steps": 9, "num_seeds": 4},
    ),
    verified(tmp_path / "c", 0.5, 0.5, seed=1),
  ]  # fmt: skip
  assert strategies.sections(runs, [], 0) == []


def test_unequal_budgets_are_cut_and_their_winners_not_compared(
  tmp_path: Path,
) -> None:
  short = write_search(
    tmp_path / "short", [row(0, RELU, report(0.45))], {}, mutator="random",
    finished=False,
  )  # fmt: skip
  runs = [verified(tmp_path / "long", 0.75, 0.5), read_search(short)]
  (section,) = strategies.sections(runs, [], 0)
  rows = {r[0]: r for r in blocks.table(section, "equal_budget").rows}
  assert rows["expression"][2].value == pytest.approx(0.45)
  assert section.findings == [
    "The winners of expression and random are not compared: that takes "
    "finished runs of the same budget, three for each strategy or some with "
    "the same seed."
  ]


def test_runs_with_costs_are_cut_at_the_least_work(tmp_path: Path) -> None:
  runs = [
    Found("random", 0, work=3.0).read(tmp_path),
    Found("spline", 0, in_search=0.9, work=4.0).read(tmp_path),
  ]
  (section,) = strategies.sections(runs, [], 0)
  assert section.title == (
    "random against spline, the work of 3 full evaluations each"
  )
  rows = {r[0]: r for r in blocks.table(section, "equal_budget").rows}
  # The second candidate of spline ends at 4.
  assert rows["random"][2].value == pytest.approx(0.75)
  assert rows["spline"][2].value == pytest.approx(0.5)
  (axes,) = blocks.figure(section, "course").drawing.axes
  assert axes.get_xlabel() == "work, full evaluations"
  ends = {line.get_label(): line.get_xdata()[-1] for line in axes.lines}
  assert ends == {"random": 3.0, "spline": 2.0}


def test_a_run_without_costs_makes_all_go_by_candidates(tmp_path: Path) -> None:
  runs = [
    Found("random", 0, work=0.0).read(tmp_path),
    Found("expression", 0, work=4.0).read(tmp_path),
  ]
  (section,) = strategies.sections(runs, [], 0)
  assert section.title == "random against expression, 2 candidates each"
  (axes,) = blocks.figure(section, "course").drawing.axes
  assert axes.get_xlabel() == "candidates"


def test_a_run_without_any_value_is_not_drawn(tmp_path: Path) -> None:
  failed = write_search(
    tmp_path / "failed",
    [row(0, RELU, Report(Status.DIVERGED, "no"))],
    {},
    mutator="random",
    finished=False,
  )
  runs = [verified(tmp_path / "evolved", 0.75, 0.5), read_search(failed)]
  (section,) = strategies.sections(runs, [], 0)
  (axes,) = blocks.figure(section, "course").drawing.axes
  assert [line.get_label() for line in axes.lines] == ["expression"]
