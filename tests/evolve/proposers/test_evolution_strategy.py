"""CMA-ES for results that come late."""

from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evolve.program import Program
from evolve.proposers.evolution_strategy import (
  EvolutionStrategy,
  merit,
  outcome,
)
from evolve.search.database import Database, Row
from harness.core.fitness import Report, Status

LAG = 8
STEP = 0.3


def _found(value: float) -> Report:
  return Report(Status.OK, "", scores_by_seed={"task": (value,)})


def _screened(value: float) -> Report:
  return Report(Status.SCREENED, "", screen_value=value)


def _search(
  judge: Callable[[np.ndarray], Report], size: int, count: int
) -> np.ndarray:
  """All points of a search whose results come LAG points late."""
  strategy = EvolutionStrategy(np.zeros(size), STEP)
  rng = np.random.default_rng(0)
  late: deque[np.ndarray] = deque()
  points = []
  for _ in range(count):
    if len(late) == LAG:
      point = late.popleft()
      strategy.tell(point, judge(point))
    points.append(strategy.ask(rng))
    late.append(points[-1])
  return np.array(points)


def _optimum(size: int) -> np.ndarray:
  direction = np.random.default_rng(1).normal(size=size)
  return direction / np.linalg.norm(direction)


@pytest.mark.parametrize(("size", "count"), [(1, 200), (4, 600), (17, 1800)])
def test_it_finds_the_optimum_of_a_sphere(size: int, count: int) -> None:
  optimum = _optimum(size)
  points = _search(
    lambda x: _found(1 / (1 + np.sum((x - optimum) ** 2))), size, count
  )
  assert np.linalg.norm(points - optimum, axis=1).min() < 2e-3


def test_it_finds_the_optimum_of_an_ellipsoid() -> None:
  size, optimum = 6, _optimum(6)
  axes = np.linalg.qr(np.random.default_rng(2).normal(size=(size, size)))[0]
  weights = 1000 ** np.linspace(0, 1, size)

  def judge(x: np.ndarray) -> Report:
    return _found(1 / (1 + weights @ (axes @ (x - optimum)) ** 2))

  points = _search(judge, size, 1500)
  assert np.linalg.norm(points - optimum, axis=1).min() < 5e-3


def test_failures_and_screens_guide_it_too() -> None:
  """The way to the optimum leads from failures over what is screened."""
  optimum = np.array([3.0, 0.0])

  def judge(x: np.ndarray) -> Report:
    if x[0] < 0.3:
      return Report(Status.DIVERGED, "")
    closeness = float(np.exp(-np.linalg.norm(x - optimum)))
    return _screened(closeness) if x[0] < 1.5 else _found(closeness)

  points = _search(judge, 2, 400)
  assert np.linalg.norm(points - optimum, axis=1).min() < 1e-2


def test_any_success_is_above_any_screen_and_that_above_any_failure() -> None:
  failures = [
    Report(status, "")
    for status in Status
    if status not in (Status.OK, Status.SCREENED, Status.DUPLICATE)
  ]
  ranked = [_screened(0.2), _screened(0.9), _found(0.0), _found(0.1)]
  assert sorted(reversed(ranked), key=merit) == ranked
  assert all(merit(failure) < merit(ranked[0]) for failure in failures)


def test_its_state_depends_on_what_it_was_told_alone() -> None:
  asked, told = (EvolutionStrategy(np.zeros(3), STEP) for _ in range(2))
  rng = np.random.default_rng(0)
  for i in range(30):
    point = asked.ask(rng)
    asked.ask(rng)
    for strategy in (asked, told):
      strategy.tell(point, _found(1 / (1 + i % 7)))
  one, other = (s.ask(np.random.default_rng(5)) for s in (asked, told))
  np.testing.assert_array_equal(one, other)


def test_once_it_has_found_an_optimum_it_goes_on_around_it() -> None:
  optimum = _optimum(2)
  points = _search(
    lambda x: _found(1 / (1 + np.sum((x - optimum) ** 2))), 2, 1000
  )
  distances = np.linalg.norm(points - optimum, axis=1)
  first = int(np.argmax(distances < 1e-3 * STEP))
  assert 0 < first < 400
  # Steps are as long as the first ones again, from the optimum.
  assert STEP < distances[first:].max() < 5 * STEP


def test_a_duplicate_counts_as_what_it_repeats(tmp_path: Path) -> None:
  database = Database(tmp_path / "programs.sqlite")
  programs = [Program(f"# {i}") for i in range(3)]
  original = _found(0.7)
  reports = [original] + [
    Report(Status.DUPLICATE, "", same_as=earlier.id) for earlier in programs[:2]
  ]
  for slot, (program, report) in enumerate(zip(programs, reports, strict=True)):
    database.commit(Row(slot, program, report, None))
  assert [outcome(report, database).value for report in reports] == [0.7] * 3
