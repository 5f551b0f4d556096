"""Scores of trainings and means over them."""

import pytest

from tasks.clrs30.results import (
  Score,
  compared,
  means_by_model,
  over_further,
  scores,
)
from tests.tasks.clrs30.score_records import BOTH, OWN, record


def test_scores_are_over_seeds_with_arecord() -> None:
  found = scores(BOTH)
  assert ("dfs", "sin") not in found
  assert found["minimum", "sin"] == Score(90.0, None, 1)
  mean, std, num_seeds = found["minimum", "relu"]
  # Of 96 and 98: both are 1 from the mean, over one degree of freedom.
  assert (mean, std) == pytest.approx((97.0, 2**0.5))
  assert num_seeds == 2


def test_means_are_over_the_same_algorithms() -> None:
  assert compared(BOTH) == ["bfs", "minimum"]
  found = means_by_model(BOTH)
  assert list(found) == ["published", "relu", "sin"]
  assert found["sin"].by_category == pytest.approx(
    {"graphs": 75.0, "searching": 90.0}
  )
  over_algorithms = {m: means.over_algorithms for m, means in found.items()}
  # Published: bfs 99.73, minimum 97.78.
  assert over_algorithms == pytest.approx(
    {"published": 98.755, "relu": 98.5, "sin": 82.5}
  )


def test_categories_weigh_the_same() -> None:
  values = {"bfs": 0.9, "dfs": 0.6, "heapsort": 0.3}
  records = [record(a, "relu", 0, value) for a, value in values.items()]
  found = means_by_model(records)
  assert found["relu"].over_algorithms == pytest.approx(60.0)
  assert found["relu"].over_categories == pytest.approx(52.5)
  # Published: graphs (99.73 + 47.79) / 2 = 73.76, sorting 31.04.
  assert found["published"].over_categories == pytest.approx(52.4)


def test_algorithms_beyond_the_30_are_in_no_mean_of_theirs() -> None:
  assert compared(OWN) == []
  assert over_further(OWN) == pytest.approx({"relu": 0.6 * 100})
