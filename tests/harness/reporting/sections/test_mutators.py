"""Sections that compare mutators at equal budget."""

from pathlib import Path

import pytest

from harness.reporting.sections import mutators
from tests.harness.reporting import blocks
from tests.harness.reporting.directories import (
  read_search,
  report,
  row,
  write_search,
)
from tests.harness.reporting.searches import RELU, verified


def test_two_mutators_are_compared(tmp_path: Path) -> None:
  runs = [
    verified(tmp_path / "evolved", 0.75, 0.5),
    verified(tmp_path / "control", 0.5, 0.5, mutator="random"),
  ]
  (section,) = mutators.sections(runs, 0)
  assert section.title == "expression against random, 3 candidates each"
  rows = blocks.table(section, "winners").rows
  assert [r[1] for r in rows] == ["fresh@2/8/0", "heldout@2/8/0"]
  assert [r[2] for r in rows] == ["better", "no difference shown"]
  budget = {r[0]: r for r in blocks.table(section, "equal_budget").rows}
  assert budget["random"][1] == 1
  assert budget["random"][2].value == pytest.approx(0.75)
  (finding,) = section.findings
  assert finding.startswith(
    "Winners at 3 candidates, evolved against control: better on fresh@2/8/0 "
    "(+0.250, +0.250 to +0.250), no difference shown on heldout@2/8/0 (+0.000"
  )
  assert blocks.texts(section)[0].startswith("With 1 run of each mutator")


def test_a_search_on_other_tasks_is_named(tmp_path: Path) -> None:
  runs = [
    verified(tmp_path / "evolved", 0.75, 0.5),
    verified(tmp_path / "control", 0.5, 0.5, mutator="random"),
    verified(tmp_path / "own", 0.5, 0.5, suite="lab@2/8/0+my.tasks"),
  ]
  (section,) = mutators.sections(runs, 0)
  assert blocks.texts(section)[-1] == (
    "Not compared, for other tasks or settings: own."
  )


def test_runs_of_several_seeds_pair_by_seed(tmp_path: Path) -> None:
  runs = [
    verified(
      tmp_path / f"{mutator}-{seed}", 0.5, 0.5, mutator=mutator, seed=seed
    )
    for mutator in ("expression", "random")
    for seed in range(3)
  ]
  (by_mutator,) = mutators.comparable(runs)
  assert {name: len(runs) for name, runs in by_mutator.items()} == {
    "expression": 3,
    "random": 3,
  }
  tests = mutators.winners(by_mutator, 0)
  assert len(tests) == 6  # Pairs of a seed, on two sets of tasks.
  (section,) = mutators.sections(runs, 0)
  assert not any("of each mutator" in text for text in blocks.texts(section))


def test_a_search_that_tunes_constants_is_another_mutator(
  tmp_path: Path,
) -> None:
  tuning = {"tuning_share": 0.25, "tuning_evaluations": 24}
  runs = [
    verified(tmp_path / "plain", 0.5, 0.5),
    verified(tmp_path / "tuned", 0.75, 0.5, **tuning),
  ]
  (section,) = mutators.sections(runs, 0)
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
  assert mutators.sections(runs, 0) == []


def test_unequal_budgets_are_cut_and_their_winners_not_compared(
  tmp_path: Path,
) -> None:
  short = write_search(
    tmp_path / "short", [row(0, RELU, report(0.45))], {}, mutator="random",
    finished=False,
  )  # fmt: skip
  runs = [verified(tmp_path / "long", 0.75, 0.5), read_search(short)]
  (section,) = mutators.sections(runs, 0)
  rows = {r[0]: r for r in blocks.table(section, "equal_budget").rows}
  assert rows["expression"][2].value == pytest.approx(0.45)
  assert (
    "winners of expression and random are not compared" in (section.findings[0])
  )
