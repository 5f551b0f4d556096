"""Two proposers that take turns."""

import math
from collections.abc import Iterator

import numpy as np

from evolve.program import Program
from evolve.proposers.proposer import Draft, Proposer
from evolve.search.database import Row
from evolve.search.population import Population
from harness.core.fitness import Report


def num_turns(num_slots: int, share: float) -> int:
  """The number of slots, out of the first so many, of who has a share."""
  return math.floor(max(0, num_slots) * share)


class MixedProposer:
  """Spreads the slots of one proposer evenly among those of another."""

  def __init__(
    self, one: Proposer, other: Proposer, share: float, first_slot: int
  ):
    """Makes them take turns.

    Args:
      one: writes `share` of the slots.
      other: writes the others.
      share: in [0, 1].
      first_slot: the first after generation zero.
    """
    self._one, self._other = one, other
    self._share, self._first = share, first_slot

  @property
  def wake(self) -> int | None:
    return self._other.wake if self._one.wake is None else self._one.wake

  def is_immediate(self, slot: int) -> bool:
    return self._writer(slot).is_immediate(slot)

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program | None:
    return self._writer(slot).propose(slot, population, rng)

  def recall(self, slot: int, program: Program, population: Population) -> None:
    self._writer(slot).recall(slot, program, population)

  def drafts(self) -> Iterator[Draft]:
    yield from self._one.drafts()
    yield from self._other.drafts()

  def send_back(self, slot: int, report: Report) -> bool:
    return self._writer(slot).send_back(slot, report)

  def learn(self, row: Row, population: Population) -> None:
    self._writer(row.slot).learn(row, population)

  def _writer(self, slot: int) -> Proposer:
    before = slot - self._first
    is_turn = num_turns(before + 1, self._share) > num_turns(
      before, self._share
    )
    return self._one if is_turn else self._other
