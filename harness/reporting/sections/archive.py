"""The archive of a search: its best elites, and maps of its niches."""

from typing import NamedTuple

import numpy as np

from evolve.admission.descriptors import NICHE_LIMITS, PROBE_GRID, Asymptote
from evolve.admission.traits import Traits
from evolve.search.archive import Elite
from evolve.search.database import Row
from harness.reporting.document import Block, Column, DataTable, Figure
from harness.reporting.figures import niche_map
from harness.reporting.figures.niche_map import Axis, MapCell
from harness.reporting.runs.search_run import (
  SearchRun,
  flops,
  row_name,
  value,
)
from harness.reporting.sections.best_function import DRAWN

_NUM_ELITES = 10
_LINE = 60  # Characters of a program in a table.
_IS_DRAWN = np.abs(PROBE_GRID[::25]) <= DRAWN  # Points as in `Traits.of`.


def _numbers(bits: int, limit: int) -> str:
  """The numbers of so many binary digits, or of more at the limit."""
  low, high = (1 << bits) >> 1, (1 << bits) - 1
  if bits == limit:
    return f"{low}+"
  return f"{low}-{high}" if low < high else f"{low}"


class _Side(NamedTuple):
  """A side of a map, for one coordinate of the niches.

  Attributes:
    place: of the coordinate in a niche, see `Descriptors.niche`.
    first: the coordinate of the first row or column.
    axis: its labels.
  """

  place: int
  first: int
  axis: Axis


_SIZE_LIMIT, _, _, _TURNS_LIMIT = NICHE_LIMITS
_GROWTH = [asymptote.name.lower() for asymptote in Asymptote]
_SIZES = [_numbers(bits, _SIZE_LIMIT) for bits in range(1, _SIZE_LIMIT + 1)]
_NUM_TURNS = [_numbers(bits, _TURNS_LIMIT) for bits in range(_TURNS_LIMIT + 1)]
_SIZE = _Side(0, 1, Axis("operations, calls, names and constants", _SIZES))
_LEFT = _Side(1, 0, Axis("towards minus infinity", _GROWTH))
_RIGHT = _Side(2, 0, Axis("towards plus infinity", _GROWTH))
_TURNS = _Side(3, 0, Axis("turning points in [-12, 12]", _NUM_TURNS))


def blocks(run: SearchRun, prefix: str) -> list[Block]:
  """The best elites, and the four axes of the archive two at a time.

  Args:
    run: a search with an elite.
    prefix: makes the names of figures and tables unique on the page.
  """
  return [
    _elites(run, prefix),
    _map(
      run,
      f"{prefix}_map_size_turns",
      "The archive by the size of programs and the number of turning points.",
      _SIZE,
      _TURNS,
    ),
    _map(
      run,
      f"{prefix}_map_growth",
      "The archive by growth towards either infinity.",
      _LEFT,
      _RIGHT,
    ),
  ]


def _elites(run: SearchRun, prefix: str) -> DataTable:
  elites = run.archive.elites()
  rows = [run.rows[elite.slot] for elite in elites[:_NUM_ELITES]]
  sides = (_SIZE, _LEFT, _RIGHT, _TURNS)
  return DataTable(
    f"{prefix}_elites",
    f"The best {len(rows)} of {len(elites)} elites of the archive, by "
    f"{run.measure} (0 to 1) in the search. The size of a program is its "
    "number of operations, calls, names and constants; far left and far right "
    "are the growth of the function towards either infinity; turns are its "
    "turning points in [-12, 12].",
    (
      Column("rank"),
      Column("program"),
      Column(f"{run.measure} (95% CI)"),
      Column("weighted operations per element", 0),
      *map(Column, ("size", "far left", "far right", "turns")),
      Column("last line"),
    ),
    [
      (
        rank,
        row_name(row),
        value(row),
        flops(row),
        *(s.axis.names[elite.niche[s.place] - s.first] for s in sides),
        row.program.source.rstrip().splitlines()[-1].strip()[:_LINE],
      )
      for rank, (elite, row) in enumerate(zip(elites, rows, strict=False), 1)
    ],
  )


def _map(
  run: SearchRun, name: str, subject: str, columns: _Side, rows: _Side
) -> Figure:
  return Figure(
    name,
    f"{subject} A cell shows the best elite of all niches in it: the colour is "
    f"its {run.measure} (0 to 1) in the search, the curve is the function from "
    f"x = -{DRAWN:g} to {DRAWN:g}, scaled to the height of the cell.",
    niche_map.draw(
      _cells(run, columns, rows),
      columns.axis,
      rows.axis,
      f"{run.measure} (0 to 1)",
    ),
  )


def _cells(run: SearchRun, columns: _Side, rows: _Side) -> list[MapCell]:
  best_of: dict[tuple[int, int], Elite] = {}
  for elite in run.archive.elites():  # Best first.
    column = elite.niche[columns.place] - columns.first
    row = elite.niche[rows.place] - rows.first
    best_of.setdefault((column, row), elite)
  return [
    MapCell(*place, elite.value, _small_curve(run.rows[elite.slot]))
    for place, elite in best_of.items()
  ]


def _small_curve(row: Row) -> np.ndarray:
  """Values at evenly spaced points of [-DRAWN, DRAWN]."""
  assert row.traits  # An elite passed its probe.
  values = Traits.from_json(row.traits).signature[: len(_IS_DRAWN)]
  return values[_IS_DRAWN[: len(values)]]
