"""Free-form curves that searches found, beside formulas: what the lab wants."""

from collections.abc import Mapping, Sequence

from evolve import candidates
from harness.reporting import shape
from harness.reporting.document import Column, DataTable, Figure, Section
from harness.reporting.figures import functions
from harness.reporting.figures.functions import Curve
from harness.reporting.runs.search_run import SearchRun, row_name
from harness.reporting.sections.best_function import DRAWN
from harness.reporting.sections.strategy_leads import FREE_FORM
from harness.reporting.shape import INNER, Shape

# Well-known functions that the curves are drawn beside.
BESIDE = ("gelu", "hard_swish", "relu")

_TITLE = "What shape does the lab want?"
_PREFIX = "free_form"


def sections(
  searches: Sequence[SearchRun], curves: Mapping[str, Curve]
) -> list[Section]:
  """The section on free-form curves, if a search has one.

  Args:
    searches: all of the report.
    curves: by program id, of the best programs and of BESIDE.
  """
  free = {
    run.directory.label: curve
    for run in searches
    if run.mutator == FREE_FORM and (curve := _found(run, curves))
  }
  if not free:
    return []
  mean = shape.mean(list(free.values()))
  others = _formulas(searches, curves) | _well_known(curves)
  name = f"mean of {len(free)} curves" if len(free) > 1 else next(iter(free))
  several = free if len(free) > 1 else {}
  shapes = {
    each: found
    for each, curve in {name: mean, **several, **others}.items()
    if (found := shape.measure(curve))
  }
  figure = _figure((name, mean), list(several.values()), others)
  findings = []
  if name in shapes:
    runs = [shapes[label] for label in several]
    findings.append(_sentence(name, shapes[name], runs))
  return [Section(_TITLE, [figure, _table(shapes)], findings)]


def _found(run: SearchRun, curves: Mapping[str, Curve]) -> Curve | None:
  """The curve that a run found; None if its best is of generation zero."""
  is_new = run.best and run.best.slot >= run.num_zero
  return _best(run, curves) if is_new else None


def _best(run: SearchRun, curves: Mapping[str, Curve]) -> Curve | None:
  """The curve of a run's best program, where there is one."""
  return curves.get(run.best.program.id) if run.best else None


def _formulas(
  searches: Sequence[SearchRun], curves: Mapping[str, Curve]
) -> dict[str, Curve]:
  """The winner of the best run of every other strategy, by its name.

  The best is that where the winners are chosen, never on fresh tasks.
  """
  found: dict[str, tuple[float, str, Curve]] = {}
  for run in searches:
    curve = _best(run, curves)
    if run.mutator == FREE_FORM or not (run.winner and run.best and curve):
      continue
    value = run.winner.value
    if value is not None and value > found.get(run.mutator, (-1.0,))[0]:
      name = f"{run.mutator}: {row_name(run.best)} of {run.directory.label}"
      found[run.mutator] = value, name, curve
  return {name: curve for _, name, curve in found.values()}


def _well_known(curves: Mapping[str, Curve]) -> dict[str, Curve]:
  return {
    name: curves[program.id]
    for name in BESIDE
    if (program := candidates.resolve(name)).id in curves
  }


def _figure(
  mean: tuple[str, Curve], members: Sequence[Curve], others: Mapping[str, Curve]
) -> Figure:
  thin = ", thin those of the runs and thick their mean," if members else ""
  return Figure(
    f"{_PREFIX}_curves",
    f"Free-form curves (--mutator={FREE_FORM}){thin} beside "
    f"{', '.join(others)}.",
    functions.draw_family(mean, members, others, INNER),
  )


def _table(shapes: Mapping[str, Shape]) -> DataTable:
  return DataTable(
    f"{_PREFIX}_shapes",
    f"The shapes of these functions: slopes of the tails, {INNER:g} to "
    f"{DRAWN:g} from 0 on either side; and between the tails the minimum, "
    "where it is not at an end, value and slope at 0, and the largest fall of "
    "a function that mostly rises (or rise of one that mostly falls), which is "
    "monotone if that is below 1% of its range.",
    (
      Column("function"),
      Column("slope, left", 2, signed=True),
      Column("slope, right", 2, signed=True),
      Column("minimum at x", 2, signed=True),
      Column("value there", 2, signed=True),
      Column("f(0)", 2, signed=True),
      Column("slope at 0", 2, signed=True),
      Column("falls by", 2),
      Column("shape"),
    ),
    [
      (
        name,
        found.left_slope,
        found.right_slope,
        found.minimum,
        found.depth,
        found.at_zero,
        found.slope_at_zero,
        found.turn,
        "monotone" if found.is_monotone else "not monotone",
      )
      for name, found in shapes.items()
    ],
  )


def _sentence(name: str, found: Shape, runs: Sequence[Shape]) -> str:
  """The shape of the mean curve in words, with the range over runs."""
  left, right, at_zero, slope = (
    _number(getattr(found, field), [getattr(run, field) for run in runs])
    for field in ("left_slope", "right_slope", "at_zero", "slope_at_zero")
  )
  bottom = "no minimum inside"
  if found.minimum is not None and found.depth is not None:
    bottom = f"a minimum of {found.depth:.2f} at x = {found.minimum:.2f}"
  turn = f"it is not monotone, and falls by {found.turn:.2f}"
  if found.is_monotone:
    turn = "it is monotone"
  return (
    f"The free-form curve ({name}) has slopes of {left} on the left and "
    f"{right} on the right, {bottom}, a value of {at_zero} and a slope of "
    f"{slope} at 0; {turn}."
  )


def _number(value: float, runs: Sequence[float]) -> str:
  """A number with its range over runs."""
  over = f" ({min(runs):.2f} to {max(runs):.2f} over runs)" if runs else ""
  return f"{value:.2f}{over}"
