"""A budget of work, which ends a search and can be raised."""

import dataclasses
from pathlib import Path

import pytest

from evolve.search.search import Search
from tests.evolve.conftest import Pools
from tests.evolve.search import searching

BUDGET = 14.0


def _search(directory: Path, pools: Pools, budget: float) -> Search:
  directory.mkdir(exist_ok=True)
  settings = dataclasses.replace(
    searching.config(1), evaluations=None, budget=budget, races=searching.RACES
  )
  search = searching.make(directory, pools(2), settings)
  search.run()
  return search


def test_it_ends_with_the_candidate_that_spends_it(
  tmp_path: Path, pools: Pools
) -> None:
  search = _search(tmp_path, pools, BUDGET)
  costs = [row[6]["cost"] for row in searching.table(tmp_path)]
  assert search.spent == pytest.approx(sum(costs))
  assert sum(costs[:-1]) < BUDGET <= sum(costs)
  assert not search.is_out_of_budget  # That is of language models.


@pytest.mark.slow
def test_a_larger_one_goes_on_as_if_it_had_been_there(
  tmp_path: Path, pools: Pools
) -> None:
  whole = _search(tmp_path / "whole", pools, BUDGET + 8)
  _search(tmp_path / "parts", pools, BUDGET)
  assert _search(tmp_path / "parts", pools, BUDGET + 8).spent == whole.spent
  tables = [searching.table(tmp_path / name) for name in ("whole", "parts")]
  assert tables[0] == tables[1]


def test_a_search_has_an_end() -> None:
  with pytest.raises(ValueError, match="neither evaluations nor a budget"):
    dataclasses.replace(searching.config(1), evaluations=None)
