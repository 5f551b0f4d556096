"""Two proposers that take turns."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from evolve.program import Program
from evolve.proposers.mixed import MixedProposer, num_turns
from evolve.proposers.proposer import Draft
from evolve.search.archive import Archive
from evolve.search.database import Database, Row
from evolve.search.population import Population
from harness.core.fitness import Report, Status

FIRST = 5
FAILED = Report(Status.INVALID, "no")


@dataclasses.dataclass
class _Writer:
  """Remembers the slots it is asked about; writes late if it has a `wake`."""

  wake: int | None
  asked: list[int] = dataclasses.field(default_factory=list)
  learnt: list[int] = dataclasses.field(default_factory=list)

  def is_immediate(self, slot: int) -> bool:
    del slot
    return self.wake is None

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> Program | None:
    del population, rng
    self.asked.append(slot)
    return None if self.wake else Program(f"# {slot}")

  def drafts(self) -> Iterable[Draft]:
    slots = self.asked if self.wake else []
    return [Draft(slot, Program(f"# {slot}")) for slot in slots]

  def send_back(self, slot: int, report: Report) -> bool:
    del slot, report
    return self.wake is not None

  def recall(self, slot: int, program: Program, population: Population) -> None:
    del population
    self.asked.append(slot)

  def learn(self, row: Row, population: Population) -> None:
    del population
    self.learnt.append(row.slot)


@pytest.fixture
def population(tmp_path: Path) -> Population:
  database = Database(tmp_path / "programs.sqlite")
  return Population(Archive(1, 1), database, set())


@pytest.mark.parametrize(
  ("share", "turns"), [(0.25, [8, 12]), (0.5, [6, 8, 10, 12]), (0.0, [])]
)
def test_turns_are_spread_evenly(
  population: Population, share: float, turns: list[int]
) -> None:
  late, other = _Writer(wake=3), _Writer(wake=None)
  mixed = MixedProposer(late, other, share, FIRST)
  for slot in range(FIRST, FIRST + 8):
    found = mixed.propose(slot, population, np.random.default_rng(0))
    assert (found is None) == (slot in turns) != mixed.is_immediate(slot)
    assert mixed.send_back(slot, FAILED) == (slot in turns)
    mixed.learn(Row(slot, Program(""), FAILED, None), population)
  assert late.asked == late.learnt == turns
  assert (
    other.asked
    == other.learnt
    == sorted(set(range(FIRST, FIRST + 8)) - set(turns))
  )
  assert [draft.slot for draft in mixed.drafts()] == turns
  assert num_turns(8, share) == len(turns)


def test_it_wakes_for_whoever_writes_late() -> None:
  late, other = _Writer(wake=3), _Writer(wake=None)
  assert MixedProposer(late, other, 0.5, FIRST).wake == 3
  assert MixedProposer(other, late, 0.5, FIRST).wake == 3
  assert MixedProposer(other, other, 0.5, FIRST).wake is None


def test_what_was_written_before_goes_to_its_writer(
  population: Population,
) -> None:
  one, other = _Writer(wake=None), _Writer(wake=None)
  mixed = MixedProposer(one, other, 0.5, FIRST)
  for slot in range(FIRST, FIRST + 4):
    mixed.recall(slot, Program(f"# {slot}"), population)
  assert (one.asked, other.asked) == ([6, 8], [5, 7])
