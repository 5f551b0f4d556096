"""The archive of a search as maps."""

from typing import NamedTuple

import numpy as np

from evolve.admission.descriptors import PROBE_GRID
from evolve.admission.traits import Traits
from evolve.search.archive import Elite
from evolve.search.database import Row
from harness.reporting import niches
from harness.reporting.document import Figure
from harness.reporting.figures import niche_map
from harness.reporting.figures.niche_map import Axis, Cell
from harness.reporting.runs.search_run import SearchRun

_LIMIT = 6.0  # Functions are drawn from -6 to 6.
_IS_DRAWN = np.abs(PROBE_GRID[::25]) <= _LIMIT  # Points as in `Traits.of`.


class _Side(NamedTuple):
  """A side of a map.

  Attributes:
    place: in a niche, of the coordinate that it shows.
    first: the coordinate of the first row or column.
    axis: how it is labelled.
  """

  place: int
  first: int
  axis: Axis


_SIZE = _Side(
  0, 1, Axis("operations, calls, names and constants", niches.sizes())
)
_LEFT = _Side(1, 0, Axis("towards minus infinity", niches.asymptotes()))
_RIGHT = _Side(2, 0, Axis("towards plus infinity", niches.asymptotes()))
_TURNS = _Side(3, 0, Axis("turning points in [-12, 12]", niches.turns()))


def maps(run: SearchRun, prefix: str) -> list[Figure]:
  """The archive, which has four axes, seen along two of them at a time."""
  return [
    _map(
      run,
      f"{prefix}_map_size_turns",
      "The archive by the size of programs and by the turning points of their "
      "functions.",
      _SIZE,
      _TURNS,
    ),
    _map(
      run,
      f"{prefix}_map_growth",
      "The archive by how functions grow far from zero, on either side.",
      _LEFT,
      _RIGHT,
    ),
  ]


def _map(
  run: SearchRun, title: str, what: str, columns: _Side, rows: _Side
) -> Figure:
  return Figure(
    title,
    f"{what} A cell shows the best elite of all niches in it: the colour is "
    "its OOD skill (0 to 1) in the search, the curve is the function from x = "
    f"-{_LIMIT:g} to {_LIMIT:g}, scaled to the height of the cell.",
    niche_map.draw(
      _cells(run, columns, rows), columns.axis, rows.axis, "OOD skill (0 to 1)"
    ),
  )


def _cells(run: SearchRun, columns: _Side, rows: _Side) -> list[Cell]:
  best_of: dict[tuple[int, int], Elite] = {}
  for elite in run.archive.elites():  # Best first.
    column = elite.niche[columns.place] - columns.first
    row = elite.niche[rows.place] - rows.first
    best_of.setdefault((column, row), elite)
  return [
    Cell(*place, elite.value, _small_curve(run.rows[elite.slot]))
    for place, elite in best_of.items()
  ]


def _small_curve(row: Row) -> np.ndarray:
  """Values at evenly spaced points of [-_LIMIT, _LIMIT]."""
  assert row.traits  # An elite passed its probe.
  values = Traits.from_json(row.traits).signature[: len(_IS_DRAWN)]
  return values[_IS_DRAWN[: len(values)]]
