"""The 30 algorithms: their categories, order and means."""

import clrs
import pytest
from clrs._src import algorithms as upstream

from tasks.clrs30.algorithms import (
  ALGORITHMS,
  CATEGORIES,
  Means,
  beyond,
  means,
  ordered,
  shortfall,
)
from tasks.clrs30.published import PUBLISHED, PUBLISHED_MEANS


def test_the_algorithms_are_those_of_the_benchmark() -> None:
  assert list(ALGORITHMS) == sorted(clrs.CLRS_30_ALGS_SETTINGS)
  assert len(ALGORITHMS) == 30


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_category_is_a_module_of_upstream(category: str) -> None:
  for algorithm in CATEGORIES[category]:
    module = getattr(upstream, algorithm).__module__
    assert module == f"clrs._src.algorithms.{category}"


def test_the_30_come_first() -> None:
  names = {"mine", "bfs", "beyond_bfs", "activity_selector"}
  expected = ["activity_selector", "bfs", "beyond_bfs", "mine"]
  assert ordered(names) == expected
  assert beyond(names) == set(expected[2:])


def test_means_are_over_the_algorithms_with_a_number() -> None:
  numbers = {"bfs": 90.0, "dfs": 50.0, "heapsort": 30.0}
  assert means(numbers) == Means(
    by_category={"graphs": 70.0, "sorting": 30.0},
    over_algorithms=170 / 3,
    over_categories=50.0,
  )
  assert shortfall(numbers) == {
    "divide_and_conquer": "0 of 1",
    "dynamic_programming": "0 of 3",
    "geometry": "0 of 3",
    "graphs": "2 of 12",
    "greedy": "0 of 2",
    "searching": "0 of 3",
    "sorting": "1 of 4",
    "strings": "0 of 2",
    "all algorithms": "3 of 30",
    "all categories": "2 of 8, 2 in part",
  }


def test_complete_means_have_no_note() -> None:
  assert shortfall(ALGORITHMS) == {}
  notes = shortfall(CATEGORIES["greedy"])
  assert "greedy" not in notes
  assert notes["all categories"] == "1 of 8"


def test_published_means_are_those_of_the_paper() -> None:
  assert list(PUBLISHED) == list(ALGORITHMS)
  assert PUBLISHED_MEANS.over_algorithms == pytest.approx(75.98, abs=0.01)
  # The categories by hand: 76.36, 81.99, 94.09, 81.41, 91.22, 58.61, 60.38,
  # 49.09.
  assert PUBLISHED_MEANS.over_categories == pytest.approx(74.14, abs=0.01)
