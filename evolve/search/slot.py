"""A place in the sequence of candidates, from its proposal to its commit."""

import enum

from evolve.admission import tables
from evolve.admission.probe import Probe
from evolve.admission.traits import Traits
from evolve.program import Program
from evolve.search.database import Row
from harness.core.fitness import Report
from harness.core.table import Table


class Stage(enum.Enum):
  """The stages of a slot; it skips those that it does not need."""

  DRAFTING = "its program is being written"
  PROBING = "its program is probed, or waits for that"
  PROBED = "it waits to be compared with earlier functions"
  TRAINING_TABLE = "its table is trained, or waits for that"
  TRAINING_ITSELF = "the program itself is trained, or waits for that"
  DONE = "it has a report, or repeats an earlier program"


_BEFORE = {
  Stage.PROBING: {Stage.DRAFTING},
  Stage.DRAFTING: {Stage.PROBING},  # Sent back.
  Stage.PROBED: {Stage.PROBING},
  Stage.TRAINING_TABLE: {Stage.PROBED},
  # After a table that turned out to be no substitute, too.
  Stage.TRAINING_ITSELF: {Stage.PROBED, Stage.TRAINING_TABLE},
}


class Slot:
  """A candidate on its way.

  Attributes:
    number: its place.
    thresholds: the value of each rung below which it is stopped, see Entry.
    stage: see Stage.
    traits: known once it was probed.
    table: what may be trained in place of the program; None without.
    report: of a slot that is done, unless it repeats a program.
    same_as: the id of the earlier program that it repeats.
    is_recorded: whether an earlier process of the run committed it.
    num_seen: by the prefilter, when it was proposed.
    cost: of a table that turned out to be no substitute.
  """

  def __init__(
    self,
    number: int,
    thresholds: tuple[float | None, ...] = (),
    program: Program | None = None,
  ):
    """A slot whose program is known, or being written if it is None."""
    self.number = number
    self.thresholds = thresholds
    self.stage = Stage.PROBING if program else Stage.DRAFTING
    self.traits: Traits | None = None
    self.table: Table | None = None
    self.report: Report | None = None
    self.same_as: str | None = None
    self.is_recorded = False
    self.num_seen = 0
    self.cost = 0.0
    self._program = program
    self._goes_on_straight = False  # The table is right beyond its range, too.

  @classmethod
  def recorded(cls, row: Row) -> "Slot":
    """A slot that an earlier process of this run has committed."""
    slot = cls(row.slot, program=row.program)
    slot.traits = Traits.from_json(row.traits) if row.traits else None
    slot.report, slot.same_as = row.report, row.report.same_as
    slot.stage, slot.is_recorded = Stage.DONE, True
    return slot

  @property
  def program(self) -> Program:
    """Its program.

    Raises:
      ValueError: it is not written yet.
    """
    if self._program is None:
      raise ValueError(f"slot {self.number} has no program yet")
    return self._program

  @property
  def is_done(self) -> bool:
    return self.stage is Stage.DONE

  def write(self, program: Program) -> None:
    """Its program has come, and is to be probed."""
    self._enter(Stage.PROBING)
    self._program = program

  def send_back(self) -> None:
    """Its program is to be written anew."""
    self._enter(Stage.DRAFTING)
    self._program = None

  def take_probe(self, probe: Probe) -> None:
    """Its probe succeeded."""
    self._enter(Stage.PROBED)
    self.traits = Traits.of(self.program.source, probe)
    self.table = probe.table
    if probe.table:
      self._goes_on_straight = tables.goes_on_straight(
        probe.table, probe.values
      )

  def train_table(self) -> None:
    """Its table is to be trained."""
    self._enter(Stage.TRAINING_TABLE)

  def train_itself(self) -> None:
    """The program is to be trained, not a table."""
    self._enter(Stage.TRAINING_ITSELF)

  def is_sound(self, report: Report) -> bool:
    """True if a report of its table stands for one of training itself."""
    return tables.is_sound(report, straight=self._goes_on_straight)

  def end(self, report: Report) -> None:
    """Its report is known."""
    self.stage = Stage.DONE
    self.report = report

  def repeat(self, program_id: str) -> None:
    """It is the same as an earlier program, whatever came of it."""
    self.stage = Stage.DONE
    self.report, self.same_as = None, program_id

  def _enter(self, stage: Stage) -> None:
    if self.stage not in _BEFORE[stage]:
      raise ValueError(
        f"slot {self.number}: {stage.name} after {self.stage.name}"
      )
    self.stage = stage
