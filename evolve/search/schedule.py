"""The schedule of trainings: candidates themselves, or batches of their tables.

Which candidates share a batch depends on their slots only, never on timing.
"""

import dataclasses
import math
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from evolve.admission import tables
from evolve.search.config import SEARCH_FITNESS, SearchConfig
from evolve.search.slot import Slot, Stage
from evolve.workers.cascade import Cascade, Entry, Rung
from evolve.workers.contract import Pool
from evolve.workers.jobs import EvaluateJob, Tabulated, TrainJob
from harness.core.fitness import Fidelity, Report, Status


@dataclasses.dataclass
class Schedule:
  """Has candidates trained, and gives their slots the reports.

  Attributes:
    config: of the search.
    pool: what trains.
    num_zero: the size of generation zero, which skips the screen.
  """

  config: SearchConfig
  pool: Pool
  num_zero: int

  def __post_init__(self) -> None:
    config = self.config
    races = config.races
    draws = zip(races.fitnesses, races.seeds(config.seed), strict=True)
    self._cascade = Cascade(
      (
        Rung("screen", SEARCH_FITNESS, config.seed, config.screen, False),
        Rung("full", SEARCH_FITNESS, config.seed, config.full),
        *(Rung(name, name, seed, config.full) for name, seed in draws),
      )
    )
    self._anchors = races.anchors(self.num_zero)
    self._batches: dict[int, list[Slot]] = {}  # By their end.
    self._trained: dict[Future[Any], list[Slot]] = {}

  def add(self, slot: Slot) -> None:
    """Has a candidate trained, by its table if that may stand for it."""
    if self._goes_by_table(slot):
      slot.train_table()
      self._batches.setdefault(self._batch_end(slot.number), []).append(slot)
    else:
      self._train_itself(slot)

  def submit_batches(self, num_judged: int, last: int) -> None:
    """Submits the batches that no slot can join any more.

    Args:
      num_judged: slots before this one have joined theirs, if they do.
      last: there will be no slot from here on.
    """
    for end in sorted(self._batches):
      if num_judged >= min(end, last):
        slots = self._batches.pop(end)
        batch = [
          Tabulated(s.program.id, s.table, self._entry(s))
          for s in slots
          if s.table
        ]
        job = TrainJob(batch, self._cascade)
        self._trained[self.pool.submit(job)] = slots

  def take(self, future: Future[Any]) -> bool:
    """Takes in a result; False if it is of no training."""
    slots = self._trained.pop(future, None)
    if slots is None:
      return False
    if slots[0].stage is Stage.TRAINING_ITSELF:
      slots[0].end(self._merged(slots[0], future.result()))
      return True
    for slot, reports in zip(slots, future.result(), strict=True):
      report = self._merged(slot, reports)
      if slot.is_sound(report):
        slot.end(report)
      else:
        slot.cost = report.cost
        self._train_itself(slot)
    return True

  def _goes_by_table(self, slot: Slot) -> bool:
    return bool(
      slot.table
      and slot.traits
      and not self.config.exact
      and tables.is_cheaper(slot.traits.cost, self.config.full)
    )

  def _train_itself(self, slot: Slot) -> None:
    slot.train_itself()
    job = EvaluateJob(slot.program, self._cascade, self._entry(slot))
    self._trained[self.pool.submit(job)] = [slot]

  def _entry(self, slot: Slot) -> Entry:
    if slot.number >= self.num_zero:
      return Entry(0, slot.thresholds)
    # What anchors have no threshold for, none else in generation zero reaches.
    return Entry(1, () if slot.number in self._anchors else (None, math.inf))

  def _merged(self, slot: Slot, reports: Sequence[Report]) -> Report:
    """One report from those of the rungs; of a failure, the last one."""
    first = self._entry(slot).first
    cost = slot.cost + self._cost(first, first + len(reports))
    screen = None if first else reports[0].value
    last, later = reports[-1], reports[1 - first :]
    if last.status is not Status.OK:
      return dataclasses.replace(last, screen_value=screen, cost=cost)
    if not later:
      return dataclasses.replace(
        last, status=Status.SCREENED, screen_value=screen, cost=cost
      )
    values = [report.value for report in later[1:]]
    return dataclasses.replace(
      later[0],
      screen_value=screen,
      further=tuple(v for v in values if v is not None),
      cost=cost,
    )

  def _cost(self, first: int, end: int) -> float:
    """The work of some rungs, as a multiple of an evaluation in full."""
    done = [
      self._cascade.rungs[number].fidelity
      for number in range(first, end)
      if number == first or not self._cascade.repeats(number)
    ]
    return sum(_work(fidelity) for fidelity in done) / _work(self.config.full)

  def _batch_end(self, number: int) -> int:
    """The first slot that is not in the batch of this one.

    No batch goes beyond generation zero: what comes after it is proposed only
    when all of it is committed.
    """
    size, zero = self.config.candidates_per_batch, self.num_zero
    first, last = (0, zero) if number < zero else (zero, self.config.most)
    return min(first + ((number - first) // size + 1) * size, last)


def _work(fidelity: Fidelity) -> int:
  """Seeds x steps; an objective of a user's own has no steps."""
  return fidelity.num_seeds * max(1, fidelity.steps)
