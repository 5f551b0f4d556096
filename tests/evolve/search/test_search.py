"""The search loop, with real workers and a small real fitness."""

import dataclasses
import json
import math
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from evolve.program import Program
from evolve.proposers.expression import RandomMutator
from evolve.proposers.mutator import MutatorProposer
from evolve.search.search import Search
from harness.core.errors import UserError
from harness.core.fitness import Status
from tests.evolve.conftest import Pools
from tests.evolve.search import searching
from tests.evolve.search.searching import (
  GENERATION_ZERO,
  RELU,
  SILU,
  RecordingPool,
)

_EVALUATIONS = 32
_ZERO = len(GENERATION_ZERO)
_TWO = (RELU, SILU)


class _Run(NamedTuple):
  search: Search
  table: list[tuple[Any, ...]]
  jobs: list[tuple[str, str]]


def _run(directory: Path, pool: RecordingPool) -> _Run:
  search = searching.make(directory, pool, searching.config(_EVALUATIONS))
  search.run()
  return _Run(search, searching.table(directory), pool.jobs)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory, pools: Pools) -> _Run:
  return _run(tmp_path_factory.mktemp("one"), pools(1))


def _statuses(run: _Run) -> list[Status]:
  return [Status(row[3]) for row in run.table]


@pytest.mark.parametrize(
  "workers", [2, pytest.param(4, marks=pytest.mark.slow)]
)
def test_the_number_of_workers_changes_nothing(
  one: _Run, tmp_path: Path, workers: int, pools: Pools
) -> None:
  assert len(one.table) == _EVALUATIONS
  assert _run(tmp_path, pools(workers)).table == one.table
  searching.check_recorded("expression", tmp_path)


@pytest.mark.slow  # golden/tables.json has batches of 3.
@pytest.mark.parametrize("size", [3, 6])  # 6 would cross generation zero.
def test_batches_depend_on_slots_only(
  tmp_path: Path, size: int, pools: Pools
) -> None:
  tables = []
  for workers in (1, 2):
    directory = tmp_path / str(workers)
    directory.mkdir()
    settings = dataclasses.replace(
      searching.config(_EVALUATIONS), candidates_per_batch=size, lag=size + 2
    )
    pool = pools(workers)
    searching.make(directory, pool, settings).run()
    assert any(kind == "train" for kind, _ in pool.jobs)
    tables.append(searching.table(directory))
  assert tables[0] == tables[1]


def test_tables_stand_for_pointwise_functions(one: _Run) -> None:
  kinds = dict(reversed(pair) for pair in one.jobs)
  assert kinds[RELU.id] == "train"
  assert kinds[GENERATION_ZERO[6].id] == "evaluate"  # It is nowhere finite.
  by_table = [row for row in one.table if row[6]["outside"] is not None]
  assert one.search.tabulated == len(
    [row for row in by_table if row[3] != Status.DUPLICATE]
  )


def test_exact_training_uses_no_table(tmp_path: Path, pools: Pools) -> None:
  settings = dataclasses.replace(searching.config(3), exact=True)
  pool = pools(2)
  search = searching.make(tmp_path, pool, settings, generation_zero=_TWO)
  search.run()
  assert "train" not in dict(pool.jobs)
  assert search.tabulated == 0


def test_generation_zero_ends_as_it_should(one: _Run) -> None:
  assert _statuses(one)[:_ZERO] == [
    Status.OK,
    Status.OK,
    Status.OK,
    Status.DUPLICATE,  # The same function.
    Status.DUPLICATE,  # The same text but for its looks.
    Status.INVALID,
    Status.DIVERGED,
    Status.OK,
    Status.CRASHED,
    Status.OVER_BUDGET,
    Status.DUPLICATE,  # Of a failure.
  ]


def test_a_duplicate_names_the_earlier_program(one: _Run) -> None:
  for slot, earlier in ((3, SILU), (4, SILU), (10, GENERATION_ZERO[5])):
    report = one.table[slot][6]
    assert report["same_as"] == earlier.id
    assert one.table[slot][4] is report["value"] is None
  assert one.table[3][6]["scores_by_seed"] == one.table[2][6]["scores_by_seed"]
  assert one.table[10][6]["scores_by_seed"] == {}


def test_nothing_is_evaluated_twice(one: _Run) -> None:
  assert max(Counter(one.jobs).values()) == 1
  evaluated = {i for kind, i in one.jobs if kind in ("evaluate", "train")}
  expected = {
    row[1]
    for row in one.table
    if Status(row[3]) in (Status.OK, Status.SCREENED, Status.DIVERGED)
  }
  assert evaluated == expected
  assert GENERATION_ZERO[3].id not in evaluated


def test_only_ok_has_a_value(one: _Run) -> None:
  for row in one.table:
    value = row[4]
    assert (value is not None) == (row[3] == Status.OK)
    assert row[6]["value"] == value and row[6]["status"] == row[3]
    if value is not None:
      assert 0 <= value <= 1 and math.isfinite(value)
    else:
      assert row[6]["feedback"]


def test_parents_and_elites_are_ok(one: _Run) -> None:
  ok = {row[1]: row[0] for row in reversed(one.table) if row[3] == Status.OK}
  children = [row for row in one.table if row[0] >= _ZERO]
  assert {len(json.loads(row[2])) for row in children} == {2}
  assert {p for row in children for p in json.loads(row[2])} <= ok.keys()
  elites = one.search.archive.elites()
  assert {elite.program_id for elite in elites} <= ok.keys()
  best = max(row[4] for row in one.table if row[4] is not None)
  assert one.search.archive.best().value == best == elites[0].value


def test_a_proposal_sees_results_up_to_its_lag(one: _Run) -> None:
  slots = {row[1]: row[0] for row in reversed(one.table)}
  lag = one.search.config.lag
  used = []
  for row in one.table[_ZERO:]:
    used += [(row[0], slots[p]) for p in json.loads(row[2])]
  assert all(p < _ZERO or p <= slot - lag for slot, p in used)
  assert any(p >= _ZERO for _, p in used)


def test_the_screen_stops_the_worse_half(one: _Run) -> None:
  config = one.search.config
  seen: list[tuple[int, float]] = []
  screened = 0
  for slot, *_, report, _ in one.table:
    if slot < _ZERO:
      assert report["screen_value"] is None
      continue
    # Screen values that the proposal of this slot could see.
    known = [v for s, v in seen if s <= slot - config.lag]
    threshold = (
      np.quantile(known, config.screen_quantile, method="lower")
      if len(known) >= config.screen_after
      else -math.inf
    )
    value = report["screen_value"]
    if report["status"] == Status.DUPLICATE or value is None:
      continue
    seen.append((slot, value))
    assert (report["status"] == Status.SCREENED) == (value < threshold)
    screened += value < threshold
  assert screened >= 2


def test_the_summary_counts_every_candidate(one: _Run) -> None:
  assert one.search.statuses == Counter(_statuses(one))
  assert one.search.committed == _EVALUATIONS


class _Sticky:
  """Proposes what is known already, whatever its parents."""

  num_parents = 1

  def propose(self, parents: Sequence[str], rng: np.random.Generator) -> str:
    assert parents
    return RELU.source if rng.random() < 0.5 else SILU.source


def test_a_mutator_without_ideas_ends_in_duplicates(
  tmp_path: Path, pools: Pools
) -> None:
  pool = pools(2)
  settings = searching.config(len(_TWO) + 6)
  proposer = MutatorProposer(_Sticky())
  searching.make(tmp_path, pool, settings, proposer, _TWO).run()
  assert max(Counter(pool.jobs).values()) == 1
  children = searching.table(tmp_path)[len(_TWO) :]
  assert [row[3] for row in children] == [Status.DUPLICATE] * 6
  assert {row[6]["same_as"] for row in children} == {RELU.id, SILU.id}


def test_a_random_control_needs_no_parents(
  tmp_path: Path, pools: Pools
) -> None:
  settings = searching.config(len(_TWO) + 3)
  proposer = MutatorProposer(RandomMutator())
  searching.make(tmp_path, pools(2), settings, proposer, _TWO).run()
  children = searching.table(tmp_path)[len(_TWO) :]
  assert [json.loads(row[2]) for row in children] == [[]] * 3


def test_without_any_parent_it_says_so(tmp_path: Path, pools: Pools) -> None:
  pool = pools(1)
  zero = Program("none"), Program("of them")
  search = searching.make(
    tmp_path, pool, searching.config(3), generation_zero=zero
  )
  with pytest.raises(UserError, match=r"no program of generation zero .*--"):
    search.run()
  assert [row[3] for row in searching.table(tmp_path)] == [Status.INVALID] * 2


def test_fewer_evaluations_than_generation_zero(
  tmp_path: Path, pools: Pools
) -> None:
  pool = pools(2)
  searching.make(tmp_path, pool, searching.config(2)).run()
  found = searching.table(tmp_path)
  assert [row[1] for row in found] == [p.id for p in GENERATION_ZERO[:2]]


@pytest.mark.slow
def test_what_is_filtered_trains_in_no_order_of_workers(
  tmp_path: Path, pools: Pools
) -> None:
  settings = dataclasses.replace(searching.config(60), trained_share=0.3)
  tables = []
  for workers in (1, 2):
    directory = tmp_path / str(workers)
    directory.mkdir()
    pool = pools(workers)
    pool.jobs.clear()
    searching.make(directory, pool, settings).run()
    tables.append(searching.table(directory))
    filtered = {row[1] for row in tables[-1] if row[3] == Status.FILTERED}
    assert 5 < len(filtered) < 40
    assert not filtered & {i for kind, i in pool.jobs if kind != "probe"}
  assert tables[0] == tables[1]
  # A killed run goes on to the same table.
  with closing(sqlite3.connect(tmp_path / "2" / "programs.sqlite")) as database:
    database.execute("DELETE FROM programs WHERE slot >= 40")
    database.commit()
  searching.make(tmp_path / "2", pools(1), settings).run()
  assert searching.table(tmp_path / "2") == tables[0]
