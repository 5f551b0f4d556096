"""Coverage of intervals over tasks, in a simulation of known truth."""

import pytest

from tests.bench import coverage
from tests.bench.coverage import METHODS, MODERATE, NO_EFFECTS, Population

OURS = "t, tasks by family"


@pytest.mark.parametrize("effects", [NO_EFFECTS, MODERATE])
@pytest.mark.parametrize("num_seeds", [1, 4])
def test_intervals_hold_what_they_promise(
  effects: tuple[float, float], num_seeds: int
) -> None:
  """95 times in a hundred; a thousand samples leave an error of 0.7 in it."""
  population = Population(effects, num_tasks=200_000)
  ours = {OURS: METHODS[OURS]}
  ((_, found),) = coverage.measure(population, num_seeds, ours, 1000)
  assert all(0.92 <= share <= 0.98 for share in found.these)


def test_intervals_over_seeds_do_not_hold_for_a_population() -> None:
  over_seeds = {"t, seeds": METHODS["t, seeds"]}
  population = Population(NO_EFFECTS, num_tasks=200_000)
  ((_, found),) = coverage.measure(population, 4, over_seeds, 200)
  assert found.these[0] < 0.3 and found.these[1] < 0.8


@pytest.mark.slow
@pytest.mark.parametrize("effects", [NO_EFFECTS, MODERATE])
@pytest.mark.parametrize("num_seeds", [1, 2, 4])
def test_coverage_of_all_methods(
  effects: tuple[float, float], num_seeds: int
) -> None:
  """The coverage of our interval is within [0.92, 0.98] for any generators."""
  found = dict(
    coverage.measure(Population(effects), num_seeds, METHODS, 2000, every=5)
  )
  ours = found[OURS]
  assert all(0.92 <= share <= 0.98 for share in (*ours.these, *ours.any))
  # Tasks alone, resampled, give intervals that are too short.
  assert found["bootstrap, tasks"].these[1] < ours.these[1]
  assert found["bootstrap, tasks"].width[0] < ours.width[0]
