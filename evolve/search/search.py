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

from evolve.admission import tables
from evolve.admission.probe import Probe
from evolve.admission.traits import FunctionIndex, Traits
from evolve.program import Program
from evolve.proposers.llm.author import Author, Draft
from evolve.proposers.llm.briefs import Briefs
from evolve.proposers.mutator import Mutator
from evolve.search import history
from evolve.search.archive import Archive, Elite
from evolve.search.config import SearchConfig
from evolve.search.database import Database, Row
from evolve.search.schedule import Training
from evolve.search.slot import Slot, recorded_slot
from evolve.workers.evaluation import failed, probe_job, probe_of
from evolve.workers.pool import WorkerPool
from harness.core.errors import UserError
from harness.core.fitness import Report, Status

_PROPOSAL_ATTEMPTS = 8
_REPAIRABLE = {Status.INVALID, Status.OVER_BUDGET}

OnCommit = Callable[[Row, bool], None]


class Search:
  """A run of evolution over programs.

  Attributes:
    archive: the elites found so far.
    statuses: how many candidates ended in which status.
    committed: candidates committed, recorded ones included.
    tabulated: of these, how many were trained by their table.
    is_out_of_budget: whether it ended because nothing was left to spend.
  """

  def __init__(
    self,
    config: SearchConfig,
    generation_zero: Sequence[Program],
    mutator: Mutator | None,
    pool: WorkerPool,
    database: Database,
    author: Author | None = None,
  ):
    """Prepares a run.

    Args:
      config: what decides its course.
      generation_zero: the programs it starts from.
      mutator: writes the candidates that `author` does not.
      pool: what probes and trains.
      database: what is committed, by an earlier process of the run, too.
      author: language models that write some or all candidates.
    """
    self.config = config
    self.generation_zero = tuple(generation_zero)[: config.evaluations]
    self.archive = Archive(config.num_islands, config.migration_interval)
    self.statuses: Counter[Status] = Counter()
    self.committed = 0
    self.tabulated = 0
    self._mutator = mutator
    self._author = author
    self._pool = pool
    self._database = database
    self._training = Training(config, pool, len(self.generation_zero))
    self._briefs = Briefs(database, config.admission)
    self._slots: dict[int, Slot] = {}  # In work, or waiting for commit.
    self._probing: dict[int, Slot] = {}  # By the number of its job.
    self._end = config.evaluations
    self._num_proposed = 0
    self._num_judged = 0
    self._known: set[str] = set()  # Ids that no mutator is to propose.
    self._judged: set[str] = set()  # Ids, in the order of slots.
    self._functions = FunctionIndex()
    self._screens: list[float] = []  # Sorted.

  @property
  def is_out_of_budget(self) -> bool:
    return self._end < self.config.evaluations

  def run(self, on_commit: OnCommit = lambda row, is_new: None) -> None:
    """Goes on from what the database holds, to the last evaluation.

    Args:
      on_commit: told every committed row, and whether it is new or recorded.

    Raises:
      UserError: nothing in generation zero can be a parent.
    """
    recorded = self._database.rows()
    while self.committed < self._end:
      self._propose(recorded)
      self._take_drafts()
      self._judge()
      if not self._commit(on_commit):
        self._wait()
    while self._pool.num_open:  # What was begun beyond the end of a budget.
      self._pool.wait()

  def _wait(self) -> None:
    wake = self._author.wake if self._author else None
    for answer in self._pool.wait(wake=wake):
      if not self._training.take(answer):
        self._take_probe(self._probing.pop(answer.job), probe_of(answer))

  def _propose(self, recorded: Iterator[Row]) -> None:
    """Fills every slot whose turn has come, from the record or anew."""
    while (
      self._num_proposed < self._end
      and self.committed >= self._num_visible(self._num_proposed)
    ):
      number = self._num_proposed
      self._num_proposed += 1
      if row := next(recorded, None):
        slot = recorded_slot(row)
      elif self._is_by_model(number):
        slot = Slot(number, None, self._threshold(number))
        self._begin_draft(number)
      else:
        slot = Slot(number, self._new_program(number), self._threshold(number))
      self._slots[number] = slot
      # What a model wrote is known when it is committed: not before, lest the
      # next proposals depend on when its answer came.
      if not self._is_by_model(number):
        self._enter(slot)

  def _enter(self, slot: Slot) -> None:
    """Takes in a mutator's program, and has it probed if it is new."""
    if slot.program.id not in self._known:
      self._known.add(slot.program.id)
      if not slot.is_done:
        self._submit_probe(slot)
    elif not slot.is_done:
      slot.same_as = slot.program.id

  def _submit_probe(self, slot: Slot) -> None:
    job = probe_job(slot.program, self.config.admission)
    self._probing[self._pool.submit(job, urgent=True)] = slot

  def _is_by_model(self, number: int) -> bool:
    return self._author is not None and self._author.writes(number)

  def _begin_draft(self, number: int) -> None:
    assert self._author
    self._check_archive()
    rng = np.random.default_rng([self.config.seed, number])
    island = self.archive.island_of(number)
    brief, parents = self._briefs.compose(self.archive, island, rng)
    self._author.begin(number, brief, parents, rng)

  def _take_drafts(self) -> None:
    """Takes in what language models have answered by now."""
    for draft in self._author.drafts() if self._author else ():
      if draft.program is None:
        self._end = min(self._end, draft.slot)
      elif draft.slot < self._end:
        self._take_draft(self._slots[draft.slot], draft)

  def _take_draft(self, slot: Slot, draft: Draft) -> None:
    slot.draft = draft.program
    if draft.flaw:
      slot.report = failed(Status.INVALID, draft.flaw)
    else:
      self._submit_probe(slot)

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
    assert self._mutator, "nothing writes this slot"
    rng = np.random.default_rng([self.config.seed, number])
    island = self.archive.island_of(number)
    for _ in range(_PROPOSAL_ATTEMPTS):
      parents = self._parents(self._mutator.num_parents, island, rng)
      source = self._mutator.propose([p.source for p in parents], rng)
      program = Program(source, tuple(p.program_id for p in parents))
      if program.id not in self._known:
        break
    return program

  def _parents(
    self, count: int, island: int, rng: np.random.Generator
  ) -> list[Elite]:
    if not count:
      return []
    self._check_archive()
    return self.archive.select(island, rng, count)

  def _check_archive(self) -> None:
    if self.archive.is_empty:
      raise UserError(
        "no program of generation zero could be evaluated, so there is no "
        "parent; see run.log, and give others with --init"
      )

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
      self._judge_one(slot)
    self._training.submit_batches(self._num_judged, self._end)

  def _judge_one(self, slot: Slot) -> None:
    is_new = slot.program.id not in self._judged
    self._judged.add(slot.program.id)
    if not (slot.is_recorded or is_new):
      slot.report, slot.same_as = None, slot.program.id
    if slot.traits and not slot.is_done:
      slot.same_as = self._functions.find(slot.traits)
      if slot.same_as is None:
        self._training.add(slot)
    if slot.traits and slot.same_as is None:
      self._functions.add(slot.program.id, slot.traits)

  def _take_probe(self, slot: Slot, probe: Probe | Report) -> None:
    if isinstance(probe, Report):
      is_sent_back = (
        self._author is not None
        and self._is_by_model(slot.number)
        and probe.status in _REPAIRABLE
        and self._author.reject(slot.number, probe.feedback)
      )
      if not is_sent_back:
        slot.report = probe
      return
    slot.traits = Traits.of(slot.program.source, probe)
    slot.table = probe.table
    if probe.table:
      slot.goes_on_straight = tables.goes_on_straight(probe.table, probe.values)

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
    self._known.add(slot.program.id)
    self._learn(row)
    on_commit(row, not slot.is_recorded)
    return True

  def _report_of_duplicate(self, slot: Slot) -> Report:
    assert slot.same_as is not None
    earlier = self._database.report(slot.same_as)
    return dataclasses.replace(
      earlier,
      status=Status.DUPLICATE,
      same_as=slot.same_as,
      feedback=f"The same function as {slot.same_as}. {earlier.feedback}",
      seconds=0.0,
    )

  def _learn(self, row: Row) -> None:
    """Lets the proposals to come see a result."""
    report = row.report
    self.statuses[report.status] += 1
    if self._author and self._author.writes(row.slot):
      self._briefs.learn(row.program.parents, report)
      self._author.finish(row.slot, self._gain(row.program, report))
    if report.status is Status.DUPLICATE:
      return
    self.tabulated += report.outside is not None
    if report.screen_value is not None:
      bisect.insort(self._screens, report.screen_value)
    history.enter(self.archive, row, len(self.generation_zero))

  def _gain(self, program: Program, report: Report) -> float:
    """How much better a child is than its main parent; at least 0."""
    parent = program.parents and self._database.outcome(program.parents[0])
    if not parent or parent[1] is None or report.value is None:
      return 0.0
    return max(0.0, report.value - parent[1])
