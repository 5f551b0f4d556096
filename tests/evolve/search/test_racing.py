"""Races: the noise of values, and who earns further draws."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from evolve.search.database import Database, Row
from evolve.search.racing import Noise, Races
from evolve.search.search import Search
from harness.core.fitness import Report, Status
from tests.evolve.conftest import Pools
from tests.evolve.search import searching

ZERO = len(searching.GENERATION_ZERO)
RACES = Races(num_draws=2, num_anchors=3, width=2.0)


def _report(value: float, *further: float) -> Report:
  return Report(Status.OK, "", scores_by_seed={"a": (value,)}, further=further)


def test_offsets_and_noise_are_those_of_the_anchors() -> None:
  # Draws differ by 0.1 and -0.2; each anchor is noisy by +-0.01 about it.
  anchors = [_report(0.5, 0.61, 0.29), _report(0.3, 0.39, 0.11)]
  noise = Noise.of([*anchors, _report(0.9)], RACES)
  assert noise.offsets == pytest.approx((0.1, -0.2))
  assert noise.deviation == pytest.approx(0.01 * math.sqrt(4 / 2))
  assert noise.estimate(anchors[0]) == pytest.approx(0.5)
  assert noise.estimate(_report(0.7, 0.83)) == pytest.approx(0.715)


def test_the_deviation_is_that_of_one_value() -> None:
  rng = np.random.default_rng(0)
  means = rng.uniform(size=(2000, 1))
  values = means + [0, 0.3, -0.1] + 0.02 * rng.normal(size=(2000, 3))
  noise = Noise.of([_report(*row) for row in values.tolist()], RACES)
  assert noise.deviation == pytest.approx(0.02, rel=0.05)
  assert noise.offsets == pytest.approx((0.3, -0.1), abs=0.003)


def test_bounds_narrow_with_draws() -> None:
  noise = Noise((0.1, -0.2), deviation=0.02, width=2.0)
  assert noise.bound(_report(0.5)) == pytest.approx(0.46)
  assert noise.bound(_report(0.5, 0.6, 0.3)) == pytest.approx(
    0.5 - 2 * 0.02 / math.sqrt(3)
  )
  assert noise.bound(Report(Status.CRASHED, "")) is None


def test_thresholds_are_met_by_what_could_be_as_good() -> None:
  """The upper bound of the mean is the bound that has to be reached."""
  noise = Noise((0.1, -0.2), deviation=0.02, width=2.0)
  first, second = noise.thresholds(0.5)
  assert first + 2 * 0.02 == pytest.approx(0.5)
  corrected = second - 0.1 / 2
  assert corrected + 2 * 0.02 / math.sqrt(2) == pytest.approx(0.5)


def test_too_few_anchors_tell_nothing() -> None:
  noise = Noise.of([_report(0.5, 0.6, 0.3), _report(0.4)], RACES)
  assert noise.bound(_report(0.5)) == 0.5
  assert noise.estimate(_report(0.5, 0.7, 0.3)) == pytest.approx(0.5)


def test_anchors_are_spread_over_generation_zero() -> None:
  assert Races(2, num_anchors=3).anchors(9) == {0, 4, 8}
  assert Races(2, num_anchors=8).anchors(3) == {0, 1, 2}
  assert Races(0).anchors(9) == set()


def _search(directory: Path, pools: Pools, workers: int) -> Search:
  settings = dataclasses.replace(
    searching.config(40), races=searching.RACES, screen_quantile=0.0
  )
  search = searching.make(directory, pools(workers), settings)
  search.run()
  return search


def test_only_the_best_earn_further_draws(tmp_path: Path, pools: Pools) -> None:
  search = _search(tmp_path, pools, 2)
  rows = list(Database(tmp_path / "programs.sqlite", read_only=True).rows())
  ok = [row for row in rows if row.report.status is Status.OK]
  zero = [row for row in ok if row.slot < ZERO]
  anchors = searching.RACES.anchors(ZERO)
  assert {r.slot for r in zero if r.report.further} == {
    r.slot for r in zero if r.slot in anchors
  }
  later = [row for row in ok if row.slot >= ZERO]
  raced = [row for row in later if row.report.further]
  assert raced and len(raced) < len(later)
  assert {len(row.report.further) for row in later} == {0, 1, 2}
  # Seeds differ from draw to draw, and so do values.
  for row in raced:
    assert row.report.value not in row.report.further
  _check_bounds(search, ok)
  _check_costs(rows)


def _check_bounds(search: Search, ok: list[Row]) -> None:
  """Elites are ranked by bounds, which further draws made better known."""
  noise = search.history.noise
  assert noise.deviation > 0
  by_slot = {row.slot: row.report for row in ok}
  for elite in search.archive.elites():
    report = by_slot[elite.slot]
    assert elite.value == noise.bound(report)
    assert report.value and elite.value != report.value


def _check_costs(rows: list[Row]) -> None:
  """A screen is a sixth of a full evaluation there, a further draw is one."""
  for row in rows:
    report = row.report
    screened = report.screen_value is not None
    expected = screened / 6 + (
      1 + len(report.further) if report.status is Status.OK else 0
    )
    if report.status in (Status.OK, Status.SCREENED):
      assert report.cost == pytest.approx(expected)
    elif report.status is Status.DUPLICATE:
      assert report.cost == 0


@pytest.mark.slow
def test_races_do_not_depend_on_the_number_of_workers(
  tmp_path: Path, pools: Pools
) -> None:
  tables = []
  for workers in (1, 2):
    directory = tmp_path / str(workers)
    directory.mkdir()
    _search(directory, pools, workers)
    tables.append(searching.table(directory))
  assert tables[0] == tables[1]
