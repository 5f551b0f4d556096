"""The best function of a search: its curve beside others, and its formula.

Candidates are untrusted, so a confined worker computes the curves.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from evolve import candidates
from evolve.admission.admission import Admission
from evolve.admission.descriptors import PROBE_GRID
from evolve.admission.probe import Probe
from evolve.cost import Budget
from evolve.language import LanguageError
from evolve.program import Program
from evolve.search.database import Row
from evolve.translate import NoFormulaError, formula
from evolve.workers.jobs import ProbeJob
from evolve.workers.pool import WorkerPool
from harness.core.parameters import Share
from harness.reporting.document import Block, Figure, Formula, Text
from harness.reporting.figures import functions
from harness.reporting.figures.functions import Curve
from harness.reporting.runs.ancestors import Step, lineage, near_ancestors
from harness.reporting.runs.search_run import SearchRun, row_name

# Their curves are beside that of the best.
_REFERENCES = ("relu", "gelu", "gelusine", "gelu_sinc_perturbation")
DRAWN = 6.0  # Functions are drawn from -6 to 6.

_IS_DRAWN = np.abs(PROBE_GRID) <= DRAWN
# Costs were checked before scoring, and a worker is limited anyway.
_ADMISSION = Admission(Budget(max_flops=math.inf, max_memory=math.inf))


def curves(sources: Iterable[str]) -> dict[str, Curve]:
  """Curves of programs on [-DRAWN, DRAWN], by program id.

  Programs that fail the probe are missing.

  Args:
    sources: untrusted; none of them runs in this process.

  Raises:
    UserError: the worker does not start.
  """
  programs = {p.id: p for p in map(Program, sources)}
  if not programs:
    return {}
  found: dict[str, Curve] = {}
  with WorkerPool({}, num_workers=1) as pool:
    for program_id, program in programs.items():
      probe = pool.call(ProbeJob(program, _ADMISSION))
      if isinstance(probe, Probe):
        found[program_id] = _curve(probe)
  return found


def curves_of(
  runs: Sequence[SearchRun], names: Iterable[str] = ()
) -> dict[str, Curve]:
  """Curves of best programs, their near ancestors and the references.

  Args:
    runs: all searches of the report.
    names: of further named activations.

  Raises:
    UserError: the worker does not start.
  """
  if not runs:
    return {}
  known = [*references().values(), *map(candidates.resolve, names)]
  sources = [program.source for program in known]
  for steps in map(lineage, runs):
    rows = [*near_ancestors(steps), *(step.row for step in steps[-1:])]
    sources += [row.program.source for row in rows]
  return curves(sources)


def blocks(
  run: SearchRun, prefix: str, curves: Mapping[str, Curve]
) -> list[Block]:
  """The best function as a figure and as a formula.

  Args:
    run: a search with a candidate that has a value.
    prefix: makes the name of the figure unique on the page.
    curves: by program id, see `curves_of`; functions without one are not drawn.
  """
  steps = lineage(run)
  best = steps[-1].row
  return [_figure(steps, prefix, curves), formula_of(best)]


def _figure(
  steps: Sequence[Step], prefix: str, curves: Mapping[str, Curve]
) -> Block:
  best = steps[-1].row
  if best.program.id not in curves:
    return Text(f"{row_name(best)} has no curve: its probe failed.")
  ancestors = {
    row_name(row): curves[row.program.id]
    for row in near_ancestors(steps)
    if row.program.id in curves
  }
  others = {
    name: curves[program.id]
    for name, program in references().items()
    if program.id in curves and program.id != best.program.id
  }
  groups = {
    "beside its ancestors": ancestors,
    "beside well-known functions": others,
  }
  return Figure(
    f"{prefix}_winner",
    f"The best program, {row_name(best)}, and its derivative"
    f"{_at_first_values(best.program)}, beside {_others(steps)}.",
    functions.draw(
      (row_name(best), curves[best.program.id]),
      {title: group for title, group in groups.items() if group},
    ),
  )


def _at_first_values(program: Program) -> str:
  if program.share is Share.FROZEN:
    return ""
  return ", its parameters at their values before training"


def _others(steps: Sequence[Step]) -> str:
  if len(steps) == 1:
    return "well-known functions"
  few = len(near_ancestors(steps)) == len(steps) - 1
  which = "" if few else " (the origin and the last three)"
  return f"its ancestors{which} and well-known functions"


def formula_of(row: Row) -> Formula | Text:
  """A candidate as a formula, or a sentence on why it has none."""
  try:
    found = formula(row.program.source)
  except NoFormulaError as error:
    return Text(f"{row_name(row)} has no formula: {error}.")
  except LanguageError:
    return Text(
      f"{row_name(row)} has no formula: an earlier version of the language "
      "admitted it."
    )
  return Formula(found.mathml, found.plain)


def references() -> dict[str, Program]:
  """Well-known activations, by name."""
  return {name: candidates.resolve(name) for name in _REFERENCES}


def _curve(probe: Probe) -> Curve:
  return Curve(
    PROBE_GRID[_IS_DRAWN], probe.values[_IS_DRAWN], probe.slopes[_IS_DRAWN]
  )
