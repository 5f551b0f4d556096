"""How the candidates of a search are trained: themselves, or by their tables.

Which candidates share a batch depends on their slots only, never on timing.
"""

import dataclasses

from evolve.admission import tables
from evolve.search.config import SEARCH_FITNESS, SearchConfig
from evolve.search.slot import Slot
from evolve.workers.cascade import Cascade, Entry
from evolve.workers.evaluation import (
  evaluate_job,
  report_of,
  reports_of,
  train_job,
)
from evolve.workers.pool import Answer, WorkerPool
from harness.core.fitness import Report


@dataclasses.dataclass
class Training:
  """Gives slots their reports.

  Attributes:
    config: of the search.
    pool: what trains.
    num_zero: the size of generation zero, which skips the screen.
  """

  config: SearchConfig
  pool: WorkerPool
  num_zero: int

  def __post_init__(self) -> None:
    config = self.config
    self._cascade = Cascade(
      SEARCH_FITNESS, config.seed, config.full, config.screen
    )
    self._batches: dict[int, list[Slot]] = {}  # By their end.
    self._jobs: dict[int, list[Slot]] = {}  # By its number in the pool.

  def add(self, slot: Slot) -> None:
    """Has a candidate trained, by its table if that may stand for it."""
    assert slot.traits
    if (
      slot.table
      and not self.config.exact
      and tables.is_cheaper(slot.traits.cost, self.config.full)
    ):
      self._batches.setdefault(self._batch_end(slot.number), []).append(slot)
    else:
      self._add_exactly(slot)

  def submit_batches(self, num_judged: int, last: int) -> None:
    """Submits the batches that no slot can join any more.

    Args:
      num_judged: slots before this one have joined theirs, if they do.
      last: there will be no slot from here on.
    """
    for end in sorted(self._batches):
      if num_judged >= min(end, last):
        slots = self._batches.pop(end)
        batch = [(s.program, s.table, self._entry(s)) for s in slots if s.table]
        job, points = train_job(batch, self._cascade)
        self._jobs[self.pool.submit(job, points)] = slots

  def take(self, answer: Answer) -> bool:
    """Enters what a worker found out; whether the job was one of these."""
    slots = self._jobs.pop(answer.job, None)
    if slots is None:
      return False
    if slots[0].table:
      for slot, report in zip(slots, reports_of(answer), strict=True):
        self._take_tabulated(slot, report)
    else:
      slots[0].report = report_of(answer)
    return True

  def _take_tabulated(self, slot: Slot, report: Report) -> None:
    if tables.is_sound(report, straight=slot.goes_on_straight):
      slot.report = report
    else:
      self._add_exactly(slot)

  def _add_exactly(self, slot: Slot) -> None:
    slot.table = None
    job = evaluate_job(slot.program, self._cascade, self._entry(slot))
    self._jobs[self.pool.submit(job)] = [slot]

  def _entry(self, slot: Slot) -> Entry:
    return Entry(slot.number >= self.num_zero, slot.threshold)

  def _batch_end(self, number: int) -> int:
    """The first slot that is not in the batch of this one.

    No batch goes beyond generation zero: what comes after it is proposed only
    when all of it is committed.
    """
    size, zero = self.config.candidates_per_batch, self.num_zero
    first, last = (
      (0, zero) if number < zero else (zero, self.config.evaluations)
    )
    return min(first + ((number - first) // size + 1) * size, last)
