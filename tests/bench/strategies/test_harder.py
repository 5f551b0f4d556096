"""Leads over generators, and on tasks that were not seen before."""

import numpy as np
import pytest
from scipy import stats

from harness.core.evidence import TaskScores
from tests.bench.strategies import harder

# Three tasks each of four generators of one family, and of three of another.
NAMES = tuple(f"g{g}-{task}" for g in range(7) for task in range(3))
FAMILIES = tuple("a" if int(name[1]) < 4 else "b" for name in NAMES)


def _scores(leads: list[float]) -> tuple[TaskScores, TaskScores]:
  """Ours and theirs, which differ by a lead for each generator."""
  by_task = np.repeat(leads, 3)[None]
  return (
    TaskScores(0.3 + by_task, FAMILIES, NAMES),
    TaskScores(np.full_like(by_task, 0.3), FAMILIES, NAMES),
  )


def test_generators_are_the_unit() -> None:
  ours, theirs = _scores([0.01, 0.02, 0.06, 0.03, 0.04, 0.04, 0.04])
  found, p_value = harder.over_generators(ours, theirs)
  assert found.value == pytest.approx(0.24 / 7)
  # The second family has no spread, so all of it is the first one's.
  error = stats.sem([0.01, 0.02, 0.06, 0.03]) * 4 / 7
  half = stats.t.ppf(0.975, 3) * error
  assert found.low == pytest.approx(found.value - half)
  assert found.high == pytest.approx(found.value + half)
  assert p_value == pytest.approx(2 * stats.t.sf(found.value / error, 3))


def test_tasks_that_were_seen_are_left_out() -> None:
  ours, _ = _scores([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
  kept = harder.without(ours, {"g0-0", "g0-1", "g0-2", "g6-0", "absent"})
  assert kept.names == NAMES[3:18] + NAMES[19:]
  assert kept.families == FAMILIES[3:18] + FAMILIES[19:]
  assert kept.values[0, [0, -1]] == pytest.approx([0.4, 0.9])


def test_an_earlier_draw_was_seen() -> None:
  first, second = (harder.seen("heldout", draw, 8) for draw in (1, 2))
  assert len(second - first) >= 1 and first < second
