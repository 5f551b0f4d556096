"""Regularised evolution: tournaments, and the end of the oldest."""

from pathlib import Path

import numpy as np
import pytest

from evolve.program import Program
from evolve.proposers.pangaea.mutations import without_parameters
from evolve.proposers.pangaea.proposer import PangaeaProposer
from evolve.proposers.spaces.formula import of_program
from evolve.search.archive import Archive
from evolve.search.database import Database, Row
from evolve.search.population import Population
from harness.core.fitness import Report, Status
from harness.core.parameters import Share
from tests.evolve.conftest import Pools
from tests.evolve.search import prefixes, searching

_SIZE, _ALL = 6, 6


def _population(path: Path, share: Share = Share.FROZEN) -> Population:
  database = Database(path / "programs.sqlite")
  return Population(Archive(1, 1), database, set(), share)


def _commit(
  proposer: PangaeaProposer,
  population: Population,
  program: Program,
  report: Report,
) -> None:
  slot = population.database.num_rows()
  row = Row(slot, program, report, None)
  population.database.commit(row)
  proposer.learn(row, population)


def _ok(value: float) -> Report:
  return Report(Status.OK, "", scores_by_seed={"task": (value,)})


def _fill(
  proposer: PangaeaProposer, population: Population, values: list[float]
) -> list[Program]:
  programs = []
  for slot, value in enumerate(values):
    rng = np.random.default_rng(slot)
    programs.append(proposer.propose(slot, population, rng))
    assert programs[-1].parents == ()
    _commit(proposer, population, programs[-1], _ok(value))
  return programs


def test_the_best_of_a_tournament_has_the_child(tmp_path: Path) -> None:
  population = _population(tmp_path)
  proposer = PangaeaProposer(_SIZE, _ALL)
  programs = _fill(proposer, population, [0.1, 0.2, 0.9, 0.3, 0.4, 0.5])
  child = proposer.propose(6, population, np.random.default_rng(6))
  assert child.parents == (programs[2].id,)
  forms = [of_program(p.source) for p in (child, programs[2])]
  assert forms[0] and forms[1]
  assert without_parameters(forms[0]) != without_parameters(forms[1])
  # Three younger ones, and the best is gone.
  for _ in range(3):
    child = proposer.propose(7, population, np.random.default_rng(7))
    _commit(proposer, population, child, _ok(0.0))
  child = proposer.propose(9, population, np.random.default_rng(9))
  assert child.parents == (programs[5].id,)


def test_small_tournaments_let_others_in(tmp_path: Path) -> None:
  population = _population(tmp_path)
  proposer = PangaeaProposer(_SIZE, 2)
  programs = _fill(proposer, population, [0.1, 0.2, 0.9, 0.3, 0.4, 0.5])
  parents = [
    proposer.propose(6, population, np.random.default_rng(seed)).parents
    for seed in range(100)
  ]
  # The worst never wins; the best in one of three tournaments.
  assert (programs[0].id,) not in parents
  assert 20 < parents.count((programs[2].id,)) < 50


def test_a_failure_loses_and_a_duplicate_counts_as_the_first(
  tmp_path: Path,
) -> None:
  population = _population(tmp_path)
  proposer = PangaeaProposer(_SIZE, _ALL)
  programs = _fill(proposer, population, [0.1, 0.2, 0.9, 0.3])
  for report in (
    Report(Status.DIVERGED, "overflows"),
    Report(Status.DUPLICATE, "", same_as=programs[2].id),
  ):
    rng = np.random.default_rng(len(programs))
    programs.append(proposer.propose(0, population, rng))
    _commit(proposer, population, programs[-1], report)
  children = [
    proposer.propose(6, population, np.random.default_rng(seed))
    for seed in range(20)
  ]
  # They tie.
  assert {child.parents for child in children} == {
    (programs[2].id,),
    (programs[5].id,),
  }
  child = children[0]
  for _ in range(3):
    _commit(proposer, population, child, Report(Status.DIVERGED, "overflows"))
  child = proposer.propose(7, population, np.random.default_rng(7))
  assert child.parents == (programs[5].id,)


@pytest.mark.parametrize(
  "share, expected",
  [
    (Share.FROZEN, Share.CHANNEL),
    (Share.LAYER, Share.LAYER),
    (Share.CHANNEL, Share.CHANNEL),
  ],
)
def test_parameters_are_trained_by_channel_unless_said(
  tmp_path: Path, share: Share, expected: Share
) -> None:
  population = _population(tmp_path, share)
  shares = {
    PangaeaProposer().propose(0, population, np.random.default_rng(seed)).share
    for seed in range(20)
  }
  # Some formulas have no parameters.
  assert shares == {expected, Share.FROZEN}


@pytest.mark.slow
def test_a_search_is_the_same_from_any_slot_on(
  tmp_path: Path, pools: Pools
) -> None:
  table = prefixes.check(
    tmp_path,
    lambda: PangaeaProposer(_SIZE, 3),
    searching.config(32),
    (20, 27),
    pools,
  )
  zero = len(searching.GENERATION_ZERO)
  # Random formulas, then children.
  assert [len(row[2]) > 2 for row in table[zero:]].index(True) >= _SIZE
