"""Leads over hard_swish, the winner's curse, and the way to free form."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.reporting import run_statistics, winners
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import strategies, strategy_leads
from harness.reporting.sections.strategy_leads import Leads
from tests.harness.reporting import blocks
from tests.harness.reporting.searches import Found

SEARCHED = (0.7, 0.72, 0.71, 0.69)
FRESH = (0.64, 0.66, 0.65, 0.63)  # 0.14, 0.16, 0.15 and 0.13 above hard_swish.
CURVES = (0.7, 0.72, 0.71)


def _expression(folder: Path, **fields: bool) -> list[SearchRun]:
  return [
    Found("expression", seed, searched, fresh, **fields).read(folder)
    for seed, (searched, fresh) in enumerate(zip(SEARCHED, FRESH, strict=True))
  ]


def _spline(
  folder: Path, fresh: Sequence[float] = CURVES, **fields: bool
) -> list[SearchRun]:
  return [
    Found("spline", seed, fresh=value, work=600.0, **fields).read(folder)
    for seed, value in enumerate(fresh)
  ]


def _leads(runs: Sequence[SearchRun]) -> list[Leads]:
  (by_strategy,) = strategies.comparable(runs)
  return strategy_leads.of_strategies(
    by_strategy, winners.on_all_tasks(runs, [])
  )


def test_the_share_of_the_lead_that_is_left(tmp_path: Path) -> None:
  runs = _expression(tmp_path) + _spline(tmp_path)
  fresh, heldout, *_ = _leads(runs)
  assert (fresh.strategy, fresh.tasks) == ("expression", "fresh@2/8/0")
  assert fresh.values == pytest.approx(FRESH)
  assert fresh.on_tasks == pytest.approx([v - 0.5 for v in FRESH])
  assert fresh.in_search == pytest.approx([v - 0.5 for v in SEARCHED])
  expected = run_statistics.ratio(fresh.on_tasks, fresh.in_search)
  assert fresh.kept == pytest.approx(expected)
  assert fresh.kept and fresh.kept.value == pytest.approx(0.58 / 0.82)
  # The search's lead is on its own generators.
  assert (heldout.tasks, heldout.kept) == ("heldout@2/8/0", None)


def test_tasks_that_only_some_winners_have_are_left_out(tmp_path: Path) -> None:
  """As those of a claim, which is about one winner among several."""
  runs = _expression(tmp_path) + _spline(tmp_path)
  (by_strategy,) = strategies.comparable(runs)
  found = winners.on_all_tasks(runs, [])
  label, scored = next(iter(found["fresh@2/8/0"].items()))
  with_claim = {**found, "fresh@2/512/1": {label: scored}}
  leads = strategy_leads.of_strategies(by_strategy, with_claim)
  assert {each.tasks for each in leads} == {"fresh@2/8/0", "heldout@2/8/0"}


def test_the_share_of_the_way_to_free_form(tmp_path: Path) -> None:
  runs = _expression(tmp_path) + _spline(tmp_path)
  (share,) = strategy_leads.shares(_leads(runs))
  assert share.estimate.value == pytest.approx(0.145 / 0.21)
  expected = run_statistics.ratio_of_groups(
    [v - 0.5 for v in FRESH], [v - 0.5 for v in CURVES]
  )
  assert share.estimate == pytest.approx(expected)
  assert share.counts


def test_a_free_form_curve_that_may_lead_by_nothing_does_not_count(
  tmp_path: Path,
) -> None:
  runs = _expression(tmp_path) + _spline(tmp_path, (0.45, 0.75, 0.65))
  (share,) = strategy_leads.shares(_leads(runs))
  assert not share.counts
  (section,) = strategies.sections(runs, [], 0)
  assert section.findings[-1].endswith(
    "that does not count, as spline's own lead is not shown to be above 0."
  )
  assert blocks.table(section, "shares").rows[0][5] == "no"


def test_the_section_has_leads_and_shares(tmp_path: Path) -> None:
  runs = _expression(tmp_path) + _spline(tmp_path)
  (section,) = strategies.sections(runs, [], 0)
  rows = blocks.table(section, "leads").rows
  assert [(*row[:2], *row[-2:]) for row in rows] == [
    (strategy, tasks, count, budget)
    for strategy, count, budget in (
      ("expression", 4, "300"),
      ("spline", 3, "600"),
    )
    for tasks in ("fresh@2/8/0", "heldout@2/8/0")
  ]
  means = [estimate.value for estimate in rows[0][2:5]]
  assert means == pytest.approx([0.645, 0.145, 0.205])
  (share,) = blocks.table(section, "shares").rows
  assert share[-3:] == ("yes", "4 and 3", "300 and 600")
  keeps, _, covers = section.findings[1:]
  assert keeps.startswith("expression keeps 0.71 (0.67 to 0.73) of its lead ")
  assert keeps.endswith("(4 runs, budget 300).")
  assert covers.startswith("expression covers 0.69 (0.6")


def test_a_share_of_few_runs_or_of_no_lead_is_not_told(tmp_path: Path) -> None:
  few = _expression(tmp_path)[:2] + _spline(tmp_path, CURVES[:2])
  assert strategy_leads.sentences(_leads(few), []) == []
  assert {leads.kept for leads in _leads(few)} == {None}
  # Of leads on either side of 0, none of which is the runs' own.
  none = [
    Found("expression", seed, in_search=value).read(tmp_path / "none")
    for seed, value in enumerate((0.45, 0.55, 0.51))
  ]
  leads = _leads(none + few[2:])
  assert leads[0].kept
  assert strategy_leads.sentences(leads, []) == []


def test_runs_without_the_reference_are_named(tmp_path: Path) -> None:
  runs = _expression(tmp_path, has_reference=False)
  runs += _spline(tmp_path, CURVES[:1], has_reference=False)
  fresh, *_ = found = _leads(runs)
  assert len(fresh.values) == 4
  assert (fresh.on_tasks, fresh.kept) == ([], None)
  assert strategy_leads.shares(found) == []
  (section,) = strategies.sections(runs, [], 0)
  assert (
    "Leads leave out expression-0, expression-1, expression-2, expression-3, "
    "spline-0: a lead takes hard_swish in generation zero and among the "
    "functions that were verified."
  ) in blocks.texts(section)
  assert blocks.table(section, "leads").rows[0][3:6] == (None,) * 3


def test_a_reference_that_a_search_came_upon_has_no_lead(
  tmp_path: Path,
) -> None:
  """Only what generation zero has was evaluated without a screen."""
  run = Found("expression", 0).read(tmp_path / "a", generation_zero=[])
  assert winners.search_lead(run) is None
  run = Found("expression", 0).read(tmp_path / "b")
  assert winners.search_lead(run) == pytest.approx(0.25)
