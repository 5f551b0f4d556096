"""How the best program of a search came about, step by step."""

from collections.abc import Sequence

from harness.reporting import changes
from harness.reporting.document import Block, Code, Column, Table, Text, shown
from harness.reporting.lineage import Step, called, lineage, value
from harness.reporting.runs.search_run import SearchRun

# Programs that are shown, counted from the best one; the origin always is.
SHOWN = 12

_VALUE = Column("OOD skill (95% CI)")
_GAIN = Column("change against main parent (95% CI)", signed=True)


def blocks(run: SearchRun, prefix: str) -> list[Block]:
  """The lineage as a table, and its programs with what is new in each.

  Args:
    run: the search.
    prefix: makes the name of the table unique on the page.
  """
  steps = lineage(run)
  if not steps:
    return []
  left_out = max(0, len(steps) - 1 - SHOWN)
  programs = [steps[0], *steps[1 + left_out :]]
  return [
    Text(_summary(run, steps, left_out)),
    _table(steps, prefix),
    *(_program(step) for step in programs),
  ]


def _summary(run: SearchRun, steps: Sequence[Step], left_out: int) -> str:
  who = "The winner" if run.winner else "The best program so far (unverified)"
  best = called(steps[-1].row)
  if len(steps) == 1:
    return f"{who} is {best}, {_beginning(run, steps[0])}."
  text = (
    f"{who} is {best}, {len(steps) - 1} generations from "
    f"{called(steps[0].row)}, which is {_beginning(run, steps[0])}. The "
    "line follows main parents. Each program is shown with what is new in it "
    "marked, and with the lines of its main parent that it no longer has."
  )
  if left_out:
    text += (
      f" Of its {len(steps)} programs only the first and the last {SHOWN} are "
      "shown; the table has all."
    )
  return text


def _beginning(run: SearchRun, origin: Step) -> str:
  if origin.row.slot < run.num_zero:
    return "a program of generation zero"
  return "a program without a known parent"


def _table(steps: Sequence[Step], prefix: str) -> Table:
  return Table(
    f"{prefix}_lineage",
    "Lineage of the best program, oldest first. OOD skill (0 to 1) on the "
    "seeds of the search, which chose the lucky: expect less on others.",
    (
      Column("generation"),
      Column("program"),
      _VALUE,
      _GAIN,
      Column("further parents"),
    ),
    [
      (generation, called(step.row), value(step.row), step.gain, _others(step))
      for generation, step in enumerate(steps)
    ],
  )


def _others(step: Step) -> str | None:
  return ", ".join(map(called, step.others)) or None


def _program(step: Step) -> Code:
  title = called(step.row)
  if not title.startswith("slot"):
    title += f", slot {step.row.slot}"
  title += f": {shown(value(step.row), _VALUE)}"
  if step.parent is None:
    return changes.compare(title, step.row.program.source)
  title += f", {shown(step.gain, _GAIN)} against {called(step.parent)}"
  if step.others:
    title += f"; further parents: {_others(step)}"
  return changes.compare(
    title, step.row.program.source, step.parent.program.source
  )
