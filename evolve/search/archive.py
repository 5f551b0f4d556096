"""The population: islands, each a MAP-Elites grid from niche to elite.

MAP-Elites is Mouret and Clune, arXiv 1504.04909; islands as in FunSearch
(Romera-Paredes et al., Nature 2024), but with ring migration in place of
resets. The archive is plain data: its state is a function of the sequence of
calls, so a search resumes by replaying its committed candidates.
"""

import bisect
import dataclasses
import math

import numpy as np

from evolve.admission.descriptors import NICHE_LIMITS, NICHE_STARTS

# Share of draws that ignore rank and take any niche of the island.
EXPLORATION = 0.25
# Share of draws for a further parent that look at another island.
IMMIGRATION = 0.1
# Rank is drawn as n * u**SELECTION_PRESSURE: with 3 the best eighth of an
# island gets half of the draws, however large the island is.
SELECTION_PRESSURE = 3


@dataclasses.dataclass(frozen=True)
class Elite:
  """The best known program of a niche.

  Attributes:
    value: what it is ranked by: its value, or the lower confidence bound of
      that in a search with races.
  """

  slot: int
  program_id: str
  source: str
  value: float
  niche: tuple[int, ...]


def _rank(elite: Elite) -> tuple[float, int]:
  """Sort key, best first; the earlier slot wins a tie."""
  return -elite.value, elite.slot


class _Island:
  """A grid of elites, also kept in order of rank."""

  def __init__(self) -> None:
    self.grid: dict[tuple[int, ...], Elite] = {}
    self.ranked: list[Elite] = []

  def add(self, elite: Elite) -> bool:
    incumbent = self.grid.get(elite.niche)
    if incumbent is not None:
      if _rank(incumbent) <= _rank(elite):
        return False
      del self.ranked[
        bisect.bisect_left(self.ranked, _rank(incumbent), key=_rank)
      ]
    self.grid[elite.niche] = elite
    bisect.insort(self.ranked, elite, key=_rank)
    return True


class Archive:
  """Elites on islands; cost per call is bounded by the number of niches."""

  def __init__(self, num_islands: int, migration_interval: int):
    """Makes empty islands.

    Args:
      num_islands: At least 1.
      migration_interval: Calls of `add` between two migrations, at least 1.

    Raises:
      ValueError: If either is below 1.
    """
    if num_islands < 1 or migration_interval < 1:
      raise ValueError(
        "num_islands and migration_interval must be at least 1, got "
        f"{num_islands} and {migration_interval}"
      )
    self._islands = [_Island() for _ in range(num_islands)]
    self._migration_interval = migration_interval
    self._additions = 0

  @property
  def num_islands(self) -> int:
    return len(self._islands)

  @property
  def is_empty(self) -> bool:
    return not any(island.ranked for island in self._islands)

  def island_of(self, slot: int) -> int:
    """The island that the candidate of `slot` is bred on and added to."""
    return slot % len(self._islands)

  def add(self, elite: Elite, island: int) -> bool:
    """Enters a candidate on one island; migrates when the time has come.

    Returns:
      Whether it is now the elite of its niche there.

    Raises:
      ValueError: If its value is not finite; nothing is changed then.
      IndexError: If there is no such island.
    """
    _check_value(elite)
    entered = self._islands[island].add(elite)
    self._additions += 1
    if self._additions % self._migration_interval == 0:
      self.migrate()
    return entered

  def add_everywhere(self, elite: Elite) -> None:
    """Enters a candidate of generation zero on every island.

    Raises:
      ValueError: If its value is not finite; nothing is changed then.
    """
    _check_value(elite)
    for island in self._islands:
      island.add(elite)

  def migrate(self) -> None:
    """Copies the best of each island to the next one of the ring."""
    # All leave before any arrives, else one elite could travel the whole ring.
    travellers = [island.ranked[:1] for island in self._islands]
    for i, traveller in enumerate(travellers):
      for elite in traveller:
        self._islands[(i + 1) % len(self._islands)].add(elite)

  def select(
    self, island: int, rng: np.random.Generator, count: int
  ) -> list[Elite]:
    """Draws up to `count` different parents, the main one first.

    Only ranks matter: an increasing map of all values changes nothing. The
    first parent is always from `island`; each further one comes from another
    island now and then. Fewer are returned only where there are no more.

    Raises:
      ValueError: If the island is empty.
    """
    if not self._islands[island].ranked:
      raise ValueError(
        f"island {island} is empty: add generation zero before selecting"
      )
    chosen: list[Elite] = []
    while len(chosen) < count:
      home = island
      if chosen and self.num_islands > 1 and rng.random() < IMMIGRATION:
        home = (island + int(rng.integers(1, self.num_islands))) % (
          self.num_islands
        )
      taken = {elite.program_id for elite in chosen}
      pool = self._untaken(home, taken) or self._untaken(island, taken)
      if not pool:
        break
      chosen.append(_draw(pool, rng))
    return chosen

  def inspirations(
    self, parent: Elite, island: int, rng: np.random.Generator, count: int
  ) -> list[Elite]:
    """Up to `count` elites, all of different niches, none of the parent's.

    The first is from another island if there is one; each further one is from
    any.
    """
    chosen: list[Elite] = []
    others = [i for i in range(self.num_islands) if i != island] or [island]
    for homes in [others, *[range(self.num_islands)] * (count - 1)]:
      home = homes[int(rng.integers(len(homes)))]
      niches = {elite.niche for elite in (parent, *chosen)}
      taken = {elite.program_id for elite in (parent, *chosen)}
      pool = [e for e in self._untaken(home, taken) if e.niche not in niches]
      if pool:
        chosen.append(_draw(pool, rng))
    return chosen

  def empty_niche_beside(
    self, parent: Elite, rng: np.random.Generator
  ) -> tuple[int, ...] | None:
    """A niche one step from the parent's that no island has filled, if any."""
    filled = {niche for island in self._islands for niche in island.grid}
    steps = [
      (*parent.niche[:axis], place + step, *parent.niche[axis + 1 :])
      for axis, place in enumerate(parent.niche[: len(NICHE_LIMITS)])
      for step in (-1, 1)
      if NICHE_STARTS[axis] <= place + step <= NICHE_LIMITS[axis]
    ]
    empty = [niche for niche in steps if niche not in filled]
    return empty[int(rng.integers(len(empty)))] if empty else None

  def _untaken(self, island: int, taken: set[str]) -> list[Elite]:
    ranked = self._islands[island].ranked
    return [elite for elite in ranked if elite.program_id not in taken]

  def elites(self) -> list[Elite]:
    """Every program that is an elite somewhere, once, best first."""
    unique: dict[str, Elite] = {}
    for island in self._islands:
      for elite in island.ranked:
        unique.setdefault(elite.program_id, elite)
    return sorted(unique.values(), key=_rank)

  def best(self) -> Elite:
    """The best elite of all islands.

    Raises:
      ValueError: If the archive is empty.
    """
    leaders = [island.ranked[0] for island in self._islands if island.ranked]
    if not leaders:
      raise ValueError("the archive is empty: it has no best elite")
    return min(leaders, key=_rank)

  def coverage(self) -> int:
    """The number of different niches filled over all islands."""
    return len(self._best_per_niche())

  def qd_score(self) -> float:
    """The sum over filled niches of the best value (Pugh et al., 2016)."""
    return math.fsum(self._best_per_niche().values())

  def _best_per_niche(self) -> dict[tuple[int, ...], float]:
    best: dict[tuple[int, ...], float] = {}
    for island in self._islands:
      for elite in island.ranked:
        best[elite.niche] = max(elite.value, best.get(elite.niche, -math.inf))
    return best


def _check_value(elite: Elite) -> None:
  if not math.isfinite(elite.value):
    raise ValueError(
      f"slot {elite.slot} has value {elite.value}: only candidates with a "
      "finite value become elites"
    )


def _draw(pool: list[Elite], rng: np.random.Generator) -> Elite:
  """Draws from a non-empty list that is sorted best first."""
  pressure = 1 if rng.random() < EXPLORATION else SELECTION_PRESSURE
  return pool[int(len(pool) * rng.random() ** pressure)]
