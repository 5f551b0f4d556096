"""Tests of strategies with runs as the unit."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from evolve import candidates
from evolve.program import Program
from harness.core import comparisons
from harness.reporting import winners
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import strategies, strategy_tests
from harness.reporting.sections.strategy_tests import RunTest
from tests.harness.reporting import blocks
from tests.harness.reporting.directories import (
  LAB_SETTINGS,
  lab_record,
  read,
  write_scores,
)
from tests.harness.reporting.searches import Found

ABOVE = (0.71, 0.72, 0.73, 0.74, 0.75, 0.76)
BELOW = (0.61, 0.62, 0.63, 0.64, 0.65, 0.66)
AROUND = (0.4, 0.8, 0.5, 0.9, 0.6, 0.7)


def _runs(
  folder: Path, strategy: str, fresh: Sequence[float], work: float = 300.0
) -> list[SearchRun]:
  return [
    Found(strategy, seed, fresh=value, work=work).read(folder)
    for seed, value in enumerate(fresh)
  ]


def _tests(runs: Sequence[SearchRun]) -> list[RunTest]:
  (by_strategy,) = strategies.comparable(runs)
  return strategy_tests.of_runs(
    by_strategy, winners.on_all_tasks(runs, []), seed=0
  )


def test_six_runs_above_six_others(tmp_path: Path) -> None:
  """The control is the second, whatever comes first on the command line."""
  runs = _runs(tmp_path, "random", BELOW) + _runs(tmp_path, "expression", ABOVE)
  fresh, heldout = _tests(runs)
  assert fresh.subject == heldout.subject == "expression against random"
  assert (fresh.tasks, heldout.tasks) == ("fresh@2/8/0", "heldout@2/8/0")
  assert fresh.runs == (6, 6)
  assert fresh.budget == "300"
  assert fresh.test[:2] == pytest.approx((1 / 924, 2 / 924))
  assert fresh.adjusted.p_value == pytest.approx(2 / 924)  # One pair.
  assert fresh.verdict == "better"
  assert fresh.difference.value == pytest.approx(0.1)
  assert fresh.effect
  assert fresh.effect.estimate.value == pytest.approx(0.1)
  assert fresh.effect.p_value < 1e-4
  assert heldout.verdict == "no difference shown"
  assert heldout.difference.value == pytest.approx(0.0)


def test_the_section_has_the_tests(tmp_path: Path) -> None:
  runs = _runs(tmp_path, "random", BELOW) + _runs(tmp_path, "expression", ABOVE)
  (section,) = strategies.sections(runs, [], 0)
  fresh, _ = blocks.table(section, "_runs").rows
  assert fresh[:2] == ("expression against random", "fresh@2/8/0")
  assert fresh[3] == "better"
  assert fresh[-2:] == ("6 and 6", "300")
  assert section.findings[0].startswith(
    "expression against random (6 and 6 runs, budget 300): better on "
    "fresh@2/8/0 (+0.100, +0.076 to +0.124; p 0.0022, adjusted 0.0022), no "
    "difference shown on heldout@2/8/0 ("
  )
  assert "(184,756 random" not in blocks.table(section, "_runs").caption
  assert not any("of a strategy" in text for text in blocks.texts(section))


def test_pairs_are_adjusted_on_each_set_of_tasks(tmp_path: Path) -> None:
  runs = [
    *_runs(tmp_path, "expression", ABOVE),
    *_runs(tmp_path, "random", BELOW),
    *_runs(tmp_path, "mixed", AROUND),
  ]
  fresh = [t for t in _tests(runs) if t.tasks == "fresh@2/8/0"]
  assert [t.subject for t in fresh] == [
    "expression against mixed",
    "expression against random",
    "mixed against random",
  ]
  adjusted = comparisons.holm([t.test.two_sided for t in fresh])
  assert [t.adjusted for t in fresh] == adjusted
  assert fresh[1].adjusted.p_value == pytest.approx(3 * 2 / 924)
  # Wider than for a single pair.
  assert fresh[1].adjusted.confidence == pytest.approx(1 - 0.05 / 3)


def test_a_fit_that_does_not_converge_is_told(tmp_path: Path) -> None:
  """Runs whose winners have the same scores leave nothing to chance."""
  runs = [
    *_runs(tmp_path, "expression", ABOVE[:3]),
    *_runs(tmp_path, "random", BELOW[:3]),
  ]
  (by_strategy,) = strategies.comparable(runs)
  scored = winners.on_all_tasks(runs, [])
  first = next(iter(scored["fresh@2/8/0"].values()))
  alike = {
    tasks: dict.fromkeys(by_run, first) for tasks, by_run in scored.items()
  }
  tests = strategy_tests.of_runs(by_strategy, alike, 0)
  assert [t.effect for t in tests] == [None, None]
  table = strategy_tests.table_of_runs(tests, "OOD score", "a")
  assert table.rows[0][-4:-2] == ("did not converge", None)


def test_other_budgets_are_not_tested_against_each_other(
  tmp_path: Path,
) -> None:
  runs = [
    *_runs(tmp_path, "random", BELOW),
    *_runs(tmp_path, "spline", ABOVE, work=600.0),
  ]
  assert _tests(runs) == []
  (section,) = strategies.sections(runs, [], 0)
  assert "are not compared" in section.findings[0]


def test_only_finished_runs_are_tested(tmp_path: Path) -> None:
  runs = _runs(tmp_path, "random", BELOW) + _runs(tmp_path, "expression", ABOVE)
  unfinished = dataclasses.replace(runs[0].directory, summary=None)
  runs[0] = dataclasses.replace(runs[0], directory=unfinished)
  assert [test.runs for test in _tests(runs)] == [(6, 5), (6, 5)]


def test_too_few_runs_for_any_verdict_are_told(tmp_path: Path) -> None:
  runs = _runs(tmp_path, "random", BELOW[:3])
  runs += _runs(tmp_path, "expression", ABOVE[:3])
  tests = _tests(runs)
  assert {t.verdict for t in tests} == {"no difference shown"}
  assert tests[0].test.above == pytest.approx(1 / 20)
  assert strategy_tests.too_few(tests) == [
    "3 and 3 runs have no p-value below 0.100: expression against random takes "
    "more of them for a verdict."
  ]


def test_scores_on_further_draws_are_tested_too(tmp_path: Path) -> None:
  """They are of the winners' programs, under whatever path."""
  found = [
    Found(strategy, seed)
    for strategy in ("expression", "random")
    for seed in range(3)
  ]
  searches = [one.read(tmp_path) for one in found]
  values = dict(zip(found, (*ABOVE[:3], *BELOW[:3]), strict=True))
  paths = [
    _scored(tmp_path / f"scores-{suite[0]}", values, suite)
    for suite in ("fresh@2/8/1", "lab@2/8/7")
  ]
  labs = read(*paths).labs
  scored = winners.on_all_tasks(searches, labs)
  tasks = "fresh@2/8/1, 5 steps x 4 seeds, seed 0"
  assert set(scored) == {"fresh@2/8/0", "heldout@2/8/0", tasks}
  assert scored[tasks]["expression-2"].value == pytest.approx(ABOVE[2])
  assert scored[tasks]["expression-2"].lead == pytest.approx(ABOVE[2] - 0.5)
  (by_strategy,) = strategies.comparable(searches)
  tests = strategy_tests.of_runs(by_strategy, scored, 0)
  assert [t.difference.value for t in tests if t.tasks == tasks] == (
    pytest.approx([0.1])
  )


def _scored(path: Path, values: dict[Found, float], suite: str) -> Path:
  """A run of harness.score on the winners' files, and on hard_swish."""
  names = {f"{one.strategy}-{one.seed}/best.py": one for one in values}
  ids = {name: Program(one.source).id for name, one in names.items()}
  reference = candidates.resolve("hard_swish").id
  records = [lab_record(name, values[one]) for name, one in names.items()]
  return write_scores(
    path,
    "score",
    [*records, lab_record("hard_swish", 0.5)],
    ids=ids | {"hard_swish": reference},
    **{**LAB_SETTINGS, "suite": suite},
  )
