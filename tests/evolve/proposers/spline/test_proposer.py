"""The free-form reference."""

from pathlib import Path

import numpy as np
import pytest

from evolve.program import Program
from evolve.proposers.spline import curve
from evolve.proposers.spline.proposer import START, SplineProposer
from evolve.search.archive import Archive
from evolve.search.database import Database
from evolve.search.population import Population
from harness.core.fitness import Status
from tests.evolve.conftest import Pools
from tests.evolve.search import prefixes, searching

_ZERO = len(searching.GENERATION_ZERO)


def test_it_begins_around_hard_swish(tmp_path: Path) -> None:
  population = Population(
    Archive(1, 1), Database(tmp_path / "programs.sqlite"), set()
  )
  changes = []
  x = np.random.default_rng(0).normal(0, 1.5, 2000)
  basis = curve.basis(x)
  hard_swish = x * np.clip(x + 3, 0, 6) / 6
  np.testing.assert_allclose(
    (basis @ START)[abs(x) < 4], hard_swish[abs(x) < 4], atol=0.03
  )
  for slot in range(200):
    rng = np.random.default_rng(slot)
    program = SplineProposer().propose(slot, population, rng)
    changes.append(basis @ (curve.coefficients(program.source) - START))
  # The step is a tenth of what hard_swish is.
  assert 0.09 < np.sqrt(np.mean(np.square(changes))) < 0.11


@pytest.mark.slow
def test_a_search_is_the_same_from_any_slot_on(
  tmp_path: Path, pools: Pools
) -> None:
  table = prefixes.check(
    tmp_path, SplineProposer, searching.config(32), (26,), pools
  )
  assert {row[2] for row in table[_ZERO:]} == {"[]"}
  assert len({row[1] for row in table[_ZERO:]}) == len(table) - _ZERO


@pytest.mark.slow
def test_a_search_improves_over_its_start(tmp_path: Path, pools: Pools) -> None:
  start, pool = Program(curve.source(START)), pools(2)
  search = searching.make(
    tmp_path, pool, searching.config(60), SplineProposer(), [start]
  )
  search.run()
  values = [row[4] for row in searching.table(tmp_path)]
  assert search.archive.best().value > values[0] + 0.1
  # Every curve is admitted and new, and goes by its table.
  assert set(search.statuses) == {Status.OK, Status.SCREENED}
  assert {kind for kind, _ in pool.jobs} == {"probe", "train"}
