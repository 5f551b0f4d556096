"""Tests of the islands and of selection."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evolve.search.archive import Archive, Elite


def elite(slot: int, value: float, niche: tuple[int, ...] = (0,)) -> Elite:
  return Elite(slot, f"id{slot}", f"source {slot}", value, niche)


# Few values and niches, so that ties and replacements are common. Integers
# keep a * v + b exact.
candidates = st.lists(
  st.tuples(st.integers(-5, 5), st.integers(0, 4)), min_size=1, max_size=40
).map(
  lambda pairs: [
    elite(slot, float(value), (niche,))
    for slot, (value, niche) in enumerate(pairs)
  ]
)


def fill(archive: Archive, entries: list[Elite]) -> Archive:
  for entry in entries:
    archive.add(entry, archive.island_of(entry.slot))
  return archive


def select_slots(archive: Archive, seed: int) -> list[list[int]]:
  rng = np.random.default_rng(seed)
  return [
    [chosen.slot for chosen in archive.select(0, rng, count=2)]
    for _ in range(20)
  ]


@given(candidates, st.integers(1, 9), st.integers(-50, 50), st.integers(0, 99))
@settings(deadline=None)
def test_selection_ignores_shift_and_scale(entries, scale, shift, seed):
  moved = [elite(e.slot, scale * e.value + shift, e.niche) for e in entries]
  archive, other = (
    fill(Archive(num_islands=3, migration_interval=5), batch)
    for batch in (entries, moved)
  )
  assert select_slots(archive, seed) == select_slots(other, seed)


@given(candidates)
def test_elite_is_the_best_of_its_niche_and_the_earliest_of_equals(entries):
  archive = fill(Archive(num_islands=1, migration_interval=1), entries)
  best: dict[tuple[int, ...], Elite] = {}
  for e in entries:
    if e.niche not in best or e.value > best[e.niche].value:
      best[e.niche] = e
  expected = sorted(best.values(), key=lambda e: (-e.value, e.slot))
  assert archive.elites() == expected
  assert archive.best() == expected[0]
  assert archive.coverage() == len(expected)
  assert archive.qd_score() == sum(e.value for e in expected)


@given(candidates)
def test_no_addition_makes_a_niche_worse(entries):
  archive = Archive(num_islands=2, migration_interval=3)
  before: dict[tuple[int, ...], float] = {}
  for e in entries:
    archive.add(e, archive.island_of(e.slot))
    after = {}
    for kept in archive.elites():
      after[kept.niche] = max(kept.value, after.get(kept.niche, -math.inf))
    assert all(after[niche] >= value for niche, value in before.items())
    before = after


def test_tie_goes_to_the_earlier_slot_in_either_order():
  for slots in ((3, 7), (7, 3)):
    archive = Archive(num_islands=1, migration_interval=10)
    for slot in slots:
      archive.add(elite(slot, 0.5), island=0)
    assert archive.best().slot == 3


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_non_finite_value_is_refused_and_changes_nothing(value):
  archive = Archive(num_islands=2, migration_interval=1)
  archive.add_everywhere(elite(0, 0.1))
  with pytest.raises(ValueError, match="slot 1 has value"):
    archive.add(elite(1, value), island=0)
  with pytest.raises(ValueError, match="slot 1 has value"):
    archive.add_everywhere(elite(1, value))
  assert [e.slot for e in archive.elites()] == [0]


def test_migration_moves_each_best_one_island_on_at_the_interval():
  archive = Archive(num_islands=3, migration_interval=3)
  entries = [elite(0, 0.9, (0,)), elite(1, 0.5, (1,)), elite(2, 0.1, (2,))]
  rng = np.random.default_rng(0)

  def inhabitants(island: int) -> set[int]:
    # First parents are always from the island itself.
    return {archive.select(island, rng, 1)[0].slot for _ in range(100)}

  for e in entries[:2]:
    archive.add(e, archive.island_of(e.slot))
  assert inhabitants(0) == {0} and inhabitants(1) == {1}
  archive.add(entries[2], island=2)
  assert inhabitants(0) == {0, 2}
  assert inhabitants(1) == {0, 1}
  assert inhabitants(2) == {1, 2}


def test_generation_zero_is_on_every_island():
  archive = Archive(num_islands=4, migration_interval=100)
  archive.add_everywhere(elite(0, 0.3))
  rng = np.random.default_rng(0)
  for island in range(4):
    assert [e.slot for e in archive.select(island, rng, 2)] == [0]
  assert len(archive.elites()) == 1


def test_slots_go_round_the_islands():
  archive = Archive(num_islands=3, migration_interval=1)
  assert [archive.island_of(slot) for slot in range(5)] == [0, 1, 2, 0, 1]


def test_selection_prefers_good_ranks_but_reaches_all():
  archive = Archive(num_islands=1, migration_interval=1000)
  fill(archive, [elite(i, -float(i), (i,)) for i in range(64)])
  rng = np.random.default_rng(0)
  counts = np.zeros(64)
  for _ in range(20_000):
    counts[archive.select(0, rng, 1)[0].slot] += 1
  shares = counts / counts.sum()
  # The best eighth: half of the ranked draws and an eighth of the others.
  assert shares[:8].sum() == pytest.approx(0.75 / 2 + 0.25 / 8, abs=0.02)
  assert shares.min() > 0.25 / 64 / 2


def test_parents_differ_and_may_come_from_another_island():
  archive = Archive(num_islands=2, migration_interval=1000)
  fill(archive, [elite(i, float(i), (i,)) for i in range(8)])
  rng = np.random.default_rng(0)
  pairs = [archive.select(0, rng, 2) for _ in range(2000)]
  assert all(first.slot != second.slot for first, second in pairs)
  assert all(first.slot % 2 == 0 for first, _ in pairs)
  foreign = np.mean([second.slot % 2 for _, second in pairs])
  assert foreign == pytest.approx(0.1, abs=0.03)


def test_empty_archive_says_so():
  archive = Archive(num_islands=2, migration_interval=1)
  with pytest.raises(ValueError, match="island 1 is empty"):
    archive.select(1, np.random.default_rng(0), 1)
  with pytest.raises(ValueError, match="archive is empty"):
    archive.best()
  assert archive.elites() == [] and archive.coverage() == 0


@pytest.mark.parametrize("islands, interval", [(0, 1), (1, 0)])
def test_archive_needs_an_island_and_an_interval(islands, interval):
  with pytest.raises(ValueError, match="at least 1"):
    Archive(num_islands=islands, migration_interval=interval)
