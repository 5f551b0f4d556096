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
from concurrent.futures import Future
from typing import Any

import numpy as np

from evolve.admission.duplicates import FunctionIndex
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.proposers.proposer import Draft, Proposer
from evolve.search.archive import Archive
from evolve.search.config import SearchConfig
from evolve.search.database import Database, Row
from evolve.search.history import History
from evolve.search.population import Population
from evolve.search.prefilter import Prefilter
from evolve.search.schedule import Schedule
from evolve.search.slot import Slot, Stage
from evolve.workers.contract import Pool
from evolve.workers.jobs import ProbeJob
from harness.core.fitness import Report, Status

OnCommit = Callable[[Row, bool], None]


class Search:
  """A run of evolution over programs.

  Attributes:
    history: the elites found so far, and the noise of values.
    statuses: candidates by status.
    committed: candidates committed, recorded ones included.
    tabulated: of these, the number trained by their table.
    spent: work done, in evaluations in full; see SearchConfig.budget.
    is_out_of_budget: whether it ended because nothing was left to spend on
      language models.
  """

  def __init__(
    self,
    config: SearchConfig,
    generation_zero: Sequence[Program],
    proposer: Proposer,
    pool: Pool,
    database: Database,
  ):
    """Prepares a run.

    Args:
      config: what decides its course.
      generation_zero: the programs it starts from.
      proposer: writes the candidates after them.
      pool: what probes and trains.
      database: what is committed, by an earlier process of the run, too.
    """
    self.config = config
    self.generation_zero = tuple(generation_zero)[: config.most]
    num_zero = len(self.generation_zero)
    archive = Archive(config.num_islands, config.migration_interval)
    self.history = History(archive, config.races, config.niches, num_zero)
    self.statuses: Counter[Status] = Counter()
    self.committed = 0
    self.tabulated = 0
    self.spent = 0.0
    self.is_out_of_budget = False
    self._proposer = proposer
    self._pool = pool
    self._database = database
    self._schedule = Schedule(config, pool, num_zero)
    self._known: set[str] = set()  # Ids that no mutator is to propose.
    self._population = Population(
      archive, database, self._known, config.parameters
    )
    self._slots: dict[int, Slot] = {}  # In work, or waiting for commit.
    self._probing: dict[Future[Any], Slot] = {}
    self._end = config.most
    self._num_proposed = 0
    self._num_judged = 0
    self._judged: set[str] = set()  # Ids, in the order of slots.
    self._functions = FunctionIndex()
    self._screens: list[float] = []  # Sorted.
    self._prefilter = Prefilter(config.trained_share)

  @property
  def archive(self) -> Archive:
    return self.history.archive

  def run(self, on_commit: OnCommit = lambda row, is_new: None) -> None:
    """Goes on from what the database holds, to the last evaluation.

    Args:
      on_commit: told every committed row, and whether it is new or recorded.

    Raises:
      UserError: nothing in generation zero can be a parent; see Proposer.
    """
    recorded = self._database.rows()
    while self.committed < self._end:
      self._propose(recorded)
      self._take_drafts()
      self._judge()
      if not self._commit(on_commit):
        self._wait()
    self._pool.drop_queued()  # Of slots beyond the end of a budget.
    while self._pool.num_open:
      self._pool.wait()

  def _wait(self) -> None:
    for future in self._pool.wait(wake=self._proposer.wake):
      if not self._schedule.take(future):
        self._take_probe(self._probing.pop(future), future.result())

  def _propose(self, recorded: Iterator[Row]) -> None:
    """Fills every slot whose turn has come, from the record or anew."""
    while (
      self._num_proposed < self._end
      and self.committed >= self._num_visible(self._num_proposed)
    ):
      number = self._num_proposed
      self._num_proposed += 1
      row = next(recorded, None)
      slot = self._recalled(row) if row else self._new_slot(number)
      slot.num_seen = self._prefilter.num_seen
      self._slots[number] = slot
      if self._is_immediate(number):
        self._enter(slot)

  def _num_visible(self, number: int) -> int:
    """The number of committed slots that the proposal for a slot sees."""
    zero = len(self.generation_zero)
    if number < zero:
      return max(0, number - self.config.lag + 1)
    return max(zero, number - self.config.lag + 1)

  def _recalled(self, row: Row) -> Slot:
    if row.slot >= len(self.generation_zero):
      self._proposer.recall(row.slot, row.program, self._population)
    return Slot.recorded(row)

  def _new_slot(self, number: int) -> Slot:
    if number < len(self.generation_zero):
      return Slot(number, program=self.generation_zero[number])
    rng = np.random.default_rng([self.config.seed, number])
    program = self._proposer.propose(number, self._population, rng)
    thresholds = (self._threshold(), *self.history.thresholds())
    return Slot(number, thresholds, program)

  def _is_immediate(self, number: int) -> bool:
    is_zero = number < len(self.generation_zero)
    return is_zero or self._proposer.is_immediate(number)

  def _threshold(self) -> float | None:
    """The quantile of the screen values seen, once there are enough."""
    seen = len(self._screens)
    if seen < self.config.screen_after:
      return None
    rank = self.config.screen_quantile * (seen - 1)
    return self._screens[int(rank)]

  def _enter(self, slot: Slot) -> None:
    """Takes in a program that is known, and has it probed if it is new."""
    is_new = slot.program.id not in self._known
    self._known.add(slot.program.id)
    if slot.is_done:
      return
    if is_new:
      self._probe(slot)
    else:
      slot.repeat(slot.program.id)

  def _probe(self, slot: Slot) -> None:
    job = ProbeJob(slot.program, self.config.admission)
    self._probing[self._pool.submit(job, urgent=True)] = slot

  def _take_drafts(self) -> None:
    for draft in self._proposer.drafts():
      if draft.program is None:
        self._end = min(self._end, draft.slot)
        self.is_out_of_budget = True
      elif draft.slot < self._end:
        program = draft.program.sharing_by_default(self.config.parameters)
        self._take_draft(self._slots[draft.slot], draft, program)

  def _take_draft(self, slot: Slot, draft: Draft, program: Program) -> None:
    slot.write(program)
    if draft.flaw:
      slot.end(Report(Status.INVALID, draft.flaw))
    else:
      self._probe(slot)

  def _take_probe(self, slot: Slot, found: Probe | Report) -> None:
    if isinstance(found, Probe):
      slot.take_probe(found)
    elif self._is_immediate(slot.number):
      slot.end(found)
    elif self._proposer.send_back(slot.number, found):
      slot.send_back()
    else:
      slot.end(found)

  def _judge(self) -> None:
    """Decides, in the order of slots, which candidates are worth training.

    A function is compared with all earlier ones, so a slot waits for the probes
    of those before it; they take a fraction of a second.
    """
    while self._num_judged < self._num_proposed:
      slot = self._slots[self._num_judged]
      if slot.stage not in (Stage.PROBED, Stage.DONE):
        break
      self._num_judged += 1
      self._judge_one(slot)
    self._schedule.submit_batches(self._num_judged, self._end)

  def _judge_one(self, slot: Slot) -> None:
    is_new = slot.program.id not in self._judged
    self._judged.add(slot.program.id)
    if not (slot.is_recorded or is_new):
      slot.repeat(slot.program.id)
    elif slot.traits and not slot.is_done:
      if same_as := self._functions.find(slot.traits):
        slot.repeat(same_as)
      elif self._is_promising(slot):
        self._schedule.add(slot)
      else:
        slot.end(Report(Status.FILTERED, Status.FILTERED.sentence))
    if slot.traits and slot.same_as is None:
      self._functions.add(slot.program.id, slot.traits)

  def _is_promising(self, slot: Slot) -> bool:
    is_zero = slot.number < len(self.generation_zero)
    assert slot.traits
    return is_zero or self._prefilter.passes(slot.traits, slot.num_seen)

  def _commit(self, on_commit: OnCommit) -> bool:
    """Commits the next slot, if it is judged and done."""
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
    self._prefilter.learn(row, slot.num_seen)
    self._learn(row)
    on_commit(row, not slot.is_recorded)
    return True

  def _report_of_duplicate(self, slot: Slot) -> Report:
    earlier = self._database.report(str(slot.same_as))
    return dataclasses.replace(
      earlier,
      status=Status.DUPLICATE,
      same_as=slot.same_as,
      feedback=f"The same function as {slot.same_as}. {earlier.feedback}",
      seconds=0.0,
      cost=0.0,
    )

  def _learn(self, row: Row) -> None:
    """Lets the proposals to come see a result."""
    report = row.report
    self._known.add(row.program.id)
    self.spent += report.cost
    if self.config.budget is not None and self.spent >= self.config.budget:
      self._end = min(self._end, self.committed)
    self.statuses[report.status] += 1
    if row.slot >= len(self.generation_zero):
      self._proposer.learn(row, self._population)
    self.history.enter(row)
    if report.status is Status.DUPLICATE:
      return
    self.tabulated += report.outside is not None
    if report.screen_value is not None:
      bisect.insort(self._screens, report.screen_value)
