"""The drawings of a search, but for its archive."""

from collections.abc import Mapping, Sequence

from harness.reporting.curves import Curve
from harness.reporting.document import Block, Figure, Text
from harness.reporting.figures import functions, pareto, progress
from harness.reporting.lineage import (
  Step,
  best,
  called,
  flops,
  is_named,
  lineage,
  near_ancestors,
  references,
)
from harness.reporting.runs.search_run import SearchRun

_LIMIT = 6.0  # Functions are drawn from -6 to 6.
_SKILL = "OOD skill (0 to 1)"


def course(run: SearchRun, prefix: str) -> Figure:
  """How the best and the archive came about."""
  moments = run.moments
  return Figure(
    f"{prefix}_progress",
    "Course of the search, against candidates and against the time that their "
    f"evaluations took: the best {_SKILL} so far; the QD score, which is the "
    "sum over filled niches of the best OOD skill; and how many niches are "
    "filled. The dotted line is the end of generation zero.",
    progress.draw(
      {
        "best OOD skill": [moment.best for moment in moments],
        "QD score": [moment.qd_score for moment in moments],
        "niches filled": [float(moment.coverage) for moment in moments],
      },
      [moment.seconds / 60 for moment in moments],
      run.num_zero,
    ),
  )


def winner(
  run: SearchRun, prefix: str, curves: Mapping[str, Curve]
) -> list[Block]:
  """The best function and its derivative, beside ancestors and baselines."""
  steps = lineage(run)
  ours = steps[-1].row
  if ours.program.id not in curves:
    return [Text(f"{called(ours)} has no curve: its probe failed.")]
  ancestors = {
    called(row): curves[row.program.id]
    for row in near_ancestors(steps)
    if row.program.id in curves
  }
  baselines = {
    name: curves[program.id]
    for name, program in references().items()
    if program.id in curves and program.id != ours.program.id
  }
  groups = {"beside its ancestors": ancestors, "beside baselines": baselines}
  return [
    Figure(
      f"{prefix}_winner",
      f"The best program, {called(ours)}, and its derivative, beside "
      f"{_in_words(steps)}.",
      functions.draw(
        (called(ours), curves[ours.program.id]),
        {title: group for title, group in groups.items() if group},
        _LIMIT,
      ),
    )
  ]


def _in_words(steps: Sequence[Step]) -> str:
  if len(steps) == 1:
    return "well-known functions"
  few = len(near_ancestors(steps)) == len(steps) - 1
  which = "" if few else " (the first and the last three of the line)"
  return f"functions that it descends from{which} and well-known ones"


def costs(run: SearchRun, prefix: str) -> Figure:
  """What candidates are worth against what they cost; one needs a value."""
  points = {
    row.slot: (cost, skill)
    for row in run.rows
    if (cost := flops(row)) is not None
    and (skill := row.report.value) is not None
  }
  star = best(run)
  assert star
  names = {
    called(row): points[row.slot]
    for row in run.rows
    if row.slot in points and is_named(row)
  }
  return Figure(
    f"{prefix}_costs",
    f"{_SKILL} in the search against cost, in weighted operations per element "
    "of a call (an addition or a multiplication is 1). The line joins the "
    "candidates that no other one dominates by being cheaper and as good, or "
    "better and as cheap.",
    pareto.draw(
      list(points.values()),
      names,
      points[star.slot],
      "weighted operations per element",
      _SKILL,
    ),
  )
