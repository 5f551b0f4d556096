"""The search: propose, probe, screen, train, commit, in an order that no
timing can change.

The proposal for a slot sees exactly the results of the slots before it that a
fixed lag allows, and every draw is keyed by (seed, slot). So the sequence of
candidates is the same for any number of workers, and a killed run goes on as if
nothing had happened.
"""

import bisect
import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from evolve import tabulation
from evolve.archive import Archive, Elite
from evolve.database import Database, Row
from evolve.evaluation import (
  evaluate_job,
  probe_job,
  probe_of,
  report_of,
  reports_of,
  train_job,
)
from evolve.mutator import Mutator
from evolve.probe import Admission, Probe
from evolve.program import Program
from evolve.traits import FunctionIndex, Traits
from evolve.workers.cascade import Cascade, Entry
from evolve.workers.pool import Answer, WorkerPool
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Report, Status
from harness.core.table import Table

SEARCH_FITNESS = "search"  # Its name in the worker pool.
_PROPOSAL_ATTEMPTS = 8


@dataclasses.dataclass(frozen=True)
class SearchConfig:
  """What decides the course of a search.

  Attributes:
    seed: keys every draw, and the lab's data.
    evaluations: candidates in all, generation zero included.
    full: fidelity of an evaluation.
    screen: fidelity of the cheap screen, which generation zero skips.
    admission: what a candidate must satisfy to be trained.
    screen_quantile: of the screen values seen; candidates below it are stopped.
    screen_after: how many screen values must be seen before any is stopped.
    lag: the proposal for slot k sees the results of the slots up to k - lag,
      and so at most this many candidates are in work at a time.
    num_islands, migration_interval: see `Archive`.
    exact: whether each candidate is trained by a program of its own; else a
      table stands for it where that is as good and less work.
    candidates_per_batch: how many tables train in one program; at most `lag`,
      as they wait for one another.

  Raises:
    ValueError: candidates_per_batch is too large.
  """

  seed: int
  evaluations: int
  full: Fidelity
  screen: Fidelity
  admission: Admission = dataclasses.field(default_factory=Admission)
  screen_quantile: float = 0.5
  screen_after: int = 8
  lag: int = 8
  num_islands: int = 4
  migration_interval: int = 16
  exact: bool = False
  candidates_per_batch: int = 1

  def __post_init__(self) -> None:
    if not 1 <= self.candidates_per_batch <= self.lag:
      raise ValueError(
        f"{self.candidates_per_batch} candidates per batch with a lag of "
        f"{self.lag}"
      )


OnCommit = Callable[[Row, bool], None]


@dataclasses.dataclass
class _Slot:
  """A candidate on its way; it is committed once it has a report.

  Attributes:
    table: what may be trained in its place.
    goes_on_straight: whether the table is right beyond its range, too.
  """

  number: int
  program: Program
  threshold: float | None
  traits: Traits | None = None
  table: Table | None = None
  goes_on_straight: bool = False
  same_as: str | None = None
  report: Report | None = None
  is_recorded: bool = False

  @property
  def is_done(self) -> bool:
    return self.report is not None or self.same_as is not None


class Search:
  """A run of evolution over programs.

  Attributes:
    archive: the elites found so far.
    statuses: how many candidates ended in which status.
    committed: candidates committed, recorded ones included.
    tabulated: of these, how many were trained by their table.
  """

  def __init__(
    self,
    config: SearchConfig,
    generation_zero: Sequence[Program],
    mutator: Mutator,
    pool: WorkerPool,
    database: Database,
  ):
    self.config = config
    self.generation_zero = tuple(generation_zero)[: config.evaluations]
    self.archive = Archive(config.num_islands, config.migration_interval)
    self.statuses: Counter[Status] = Counter()
    self.committed = 0
    self.tabulated = 0
    self._mutator = mutator
    self._pool = pool
    self._database = database
    self._slots: dict[int, _Slot] = {}  # In work, or waiting for commit.
    self._jobs: dict[int, list[_Slot]] = {}  # By its number in the pool.
    self._batches: dict[int, list[_Slot]] = {}  # By their end.
    self._cascade = Cascade(
      SEARCH_FITNESS, config.seed, config.full, config.screen
    )
    self._num_proposed = 0
    self._num_judged = 0
    self._known: set[str] = set()  # Ids of all programs proposed.
    self._functions = FunctionIndex()
    self._screens: list[float] = []  # Sorted.

  def run(self, on_commit: OnCommit = lambda row, is_new: None) -> None:
    """Goes on from what the database holds, to the last evaluation.

    Args:
      on_commit: told every committed row, and whether it is new or recorded.

    Raises:
      UserError: nothing in generation zero can be a parent.
    """
    recorded = self._database.rows()
    while self.committed < self.config.evaluations:
      self._propose(recorded)
      self._judge()
      if not self._commit(on_commit):
        for answer in self._pool.wait():
          self._take(answer)

  def _propose(self, recorded: Iterator[Row]) -> None:
    """Fills every slot whose turn has come, from the record or anew."""
    while (
      self._num_proposed < self.config.evaluations
      and self.committed >= self._num_visible(self._num_proposed)
    ):
      number = self._num_proposed
      row = next(recorded, None)
      if row is not None:
        slot = _recorded_slot(row)
      else:
        slot = _Slot(number, self._new_program(number), self._threshold(number))
      self._slots[number] = slot
      self._num_proposed += 1
      if slot.program.id not in self._known:
        self._known.add(slot.program.id)
        if not slot.is_done:
          job = probe_job(slot.program, self.config.admission)
          self._jobs[self._pool.submit(job, urgent=True)] = [slot]
      elif not slot.is_done:
        slot.same_as = slot.program.id

  def _num_visible(self, number: int) -> int:
    """How many committed slots the proposal for a slot sees."""
    zero = len(self.generation_zero)
    if number < zero:
      return max(0, number - self.config.lag + 1)
    return max(zero, number - self.config.lag + 1)

  def _new_program(self, number: int) -> Program:
    """A program not seen before, if a few attempts find one."""
    if number < len(self.generation_zero):
      return self.generation_zero[number]
    rng = np.random.default_rng([self.config.seed, number])
    island = self.archive.island_of(number)
    for _ in range(_PROPOSAL_ATTEMPTS):
      parents = self._parents(island, rng)
      source = self._mutator.propose([p.source for p in parents], rng)
      program = Program(source, tuple(p.program_id for p in parents))
      if program.id not in self._known:
        break
    return program

  def _parents(self, island: int, rng: np.random.Generator) -> list[Elite]:
    if not self._mutator.num_parents:
      return []
    if self.archive.is_empty:
      raise UserError(
        "no program of generation zero could be evaluated, so there is no "
        "parent; see run.log, and give others with --init"
      )
    return self.archive.select(island, rng, self._mutator.num_parents)

  def _threshold(self, number: int) -> float | None:
    seen = len(self._screens)
    if number < len(self.generation_zero) or seen < self.config.screen_after:
      return None
    rank = self.config.screen_quantile * (seen - 1)
    return self._screens[int(rank)]

  def _judge(self) -> None:
    """Decides, in the order of slots, which candidates are worth training.

    A function is compared with all earlier ones, so a slot waits for the probes
    of those before it; they take a fraction of a second.
    """
    while self._num_judged < self._num_proposed:
      slot = self._slots[self._num_judged]
      if not (slot.is_done or slot.traits):
        break
      self._num_judged += 1
      if slot.traits and not slot.is_done:
        slot.same_as = self._functions.find(slot.traits)
        if slot.same_as is None:
          self._evaluate(slot)
      if slot.traits and slot.same_as is None:
        self._functions.add(slot.program.id, slot.traits)
    self._submit_batches()

  def _evaluate(self, slot: _Slot) -> None:
    """Has a candidate trained, by its table if that may stand for it."""
    config = self.config
    assert slot.traits
    if (
      slot.table
      and not config.exact
      and tabulation.is_cheaper(slot.traits.cost, config.full)
    ):
      end = self._batch_end(slot.number)
      self._batches.setdefault(end, []).append(slot)
    else:
      self._evaluate_exactly(slot)

  def _evaluate_exactly(self, slot: _Slot) -> None:
    slot.table = None
    job = evaluate_job(slot.program, self._cascade, self._entry(slot))
    self._jobs[self._pool.submit(job)] = [slot]

  def _entry(self, slot: _Slot) -> Entry:
    is_screened = slot.number >= len(self.generation_zero)
    return Entry(is_screened, slot.threshold)

  def _batch_end(self, number: int) -> int:
    """The first slot that is not in the batch of this one.

    No batch goes beyond generation zero: what comes after it is proposed only
    when all of it is committed.
    """
    size, zero = self.config.candidates_per_batch, len(self.generation_zero)
    first, last = (
      (0, zero) if number < zero else (zero, self.config.evaluations)
    )
    return min(first + ((number - first) // size + 1) * size, last)

  def _submit_batches(self) -> None:
    """Submits the batches that no slot can join any more."""
    for end in sorted(self._batches):
      if self._num_judged >= end:
        slots = self._batches.pop(end)
        batch = [(s.program, s.table, self._entry(s)) for s in slots if s.table]
        job, tables = train_job(batch, self._cascade)
        self._jobs[self._pool.submit(job, tables)] = slots

  def _take(self, answer: Answer) -> None:
    """Enters what a worker found out."""
    slots = self._jobs.pop(answer.job)
    if slots[0].table:
      for slot, report in zip(slots, reports_of(answer), strict=True):
        self._take_tabulated(slot, report)
    elif slots[0].traits:
      slots[0].report = report_of(answer)
    else:
      self._take_probe(slots[0], probe_of(answer))

  def _take_tabulated(self, slot: _Slot, report: Report) -> None:
    if tabulation.is_sound(report, straight=slot.goes_on_straight):
      slot.report = report
    else:
      self._evaluate_exactly(slot)

  def _take_probe(self, slot: _Slot, probe: Probe | Report) -> None:
    if isinstance(probe, Report):
      slot.report = probe
      return
    slot.traits = Traits.of(slot.program.source, probe)
    slot.table = probe.table
    if probe.table:
      slot.goes_on_straight = tabulation.goes_on_straight(
        probe.table, probe.values
      )

  def _commit(self, on_commit: OnCommit) -> bool:
    """Commits the next slot, if it is judged and has its report."""
    slot = self._slots.get(self.committed)
    if slot is None or slot.number >= self._num_judged or not slot.is_done:
      return False
    del self._slots[slot.number]
    report = slot.report or self._report_of_duplicate(slot)
    traits = slot.traits.to_json() if slot.traits else None
    row = Row(slot.number, slot.program, report, traits)
    if not slot.is_recorded:
      self._database.commit(row)
    self.committed += 1
    self._learn(slot, report)
    on_commit(row, not slot.is_recorded)
    return True

  def _report_of_duplicate(self, slot: _Slot) -> Report:
    assert slot.same_as is not None
    earlier = self._database.report(slot.same_as)
    return dataclasses.replace(
      earlier,
      status=Status.DUPLICATE,
      same_as=slot.same_as,
      feedback=f"The same function as {slot.same_as}. {earlier.feedback}",
      seconds=0.0,
    )

  def _learn(self, slot: _Slot, report: Report) -> None:
    """Lets the proposals to come see a result."""
    self.statuses[report.status] += 1
    if report.status is Status.DUPLICATE:
      return
    self.tabulated += report.outside is not None
    if report.screen_value is not None:
      bisect.insort(self._screens, report.screen_value)
    if report.value is None or slot.traits is None:
      return
    elite = Elite(
      slot.number,
      slot.program.id,
      slot.program.source,
      report.value,
      slot.traits.niche,
    )
    if slot.number < len(self.generation_zero):
      self.archive.add_everywhere(elite)
    else:
      self.archive.add(elite, self.archive.island_of(slot.number))


def _recorded_slot(row: Row) -> _Slot:
  """A slot that an earlier process of this run has committed."""
  return _Slot(
    row.slot,
    row.program,
    threshold=None,
    traits=Traits.from_json(row.traits) if row.traits else None,
    same_as=row.report.same_as,
    report=row.report,
    is_recorded=True,
  )
