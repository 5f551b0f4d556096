"""The lineage of a search's best program, with the changes of each step."""

from collections.abc import Sequence

from harness.reporting.document import (
  Block,
  Code,
  Column,
  DataTable,
  Text,
  shown,
)
from harness.reporting.runs.ancestors import Step, lineage
from harness.reporting.runs.search_run import SearchRun, row_name, value
from harness.reporting.sections import program_diff

# Programs that are shown besides the origin, the last of the lineage.
SHOWN = 12

_GAIN = Column("change against main parent (95% CI)", signed=True)


def blocks(run: SearchRun, prefix: str) -> list[Block]:
  """The lineage as a table, and its programs with the new parts marked.

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
    _table(run, steps, prefix),
    *(_program(step, _value_of(run)) for step in programs),
  ]


def _summary(run: SearchRun, steps: Sequence[Step], left_out: int) -> str:
  who = "The winner" if run.winner else "The best program so far (unverified)"
  best = row_name(steps[-1].row)
  if len(steps) == 1:
    return f"{who} is {best}, {_beginning(run, steps[0])}."
  count = len(steps) - 1
  text = (
    f"{who} is {best}, {count} generation{'s' if count > 1 else ''} from "
    f"{row_name(steps[0].row)}, which is {_beginning(run, steps[0])}. The "
    "lineage follows main parents. In each program the parts that its main "
    "parent does not have are marked, and the parent's lines that it lacks "
    "are listed."
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


def _value_of(run: SearchRun) -> Column:
  return Column(f"{run.measure} (95% CI)")


def _table(run: SearchRun, steps: Sequence[Step], prefix: str) -> DataTable:
  return DataTable(
    f"{prefix}_lineage",
    f"Lineage of the best program, oldest first. The {run.measure} is on the "
    "seeds of the search, which flatter the programs it kept: expect less "
    "on other seeds.",
    (
      Column("generation"),
      Column("program"),
      _value_of(run),
      _GAIN,
      Column("further parents"),
    ),
    [
      (
        generation,
        row_name(step.row),
        value(step.row),
        step.gain,
        _others(step),
      )
      for generation, step in enumerate(steps)
    ],
  )


def _others(step: Step) -> str | None:
  return ", ".join(map(row_name, step.others)) or None


def _program(step: Step, column: Column) -> Code:
  title = row_name(step.row)
  if not title.startswith("slot"):
    title += f", slot {step.row.slot}"
  title += f": {shown(value(step.row), column)}"
  if step.parent is None:
    return program_diff.diff(title, step.row.program.source)
  title += f", {shown(step.gain, _GAIN)} against {row_name(step.parent)}"
  if step.others:
    title += f"; further parents: {_others(step)}"
  return program_diff.diff(
    title, step.row.program.source, step.parent.program.source
  )
