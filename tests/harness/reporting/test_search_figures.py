"""The drawings of a search show its numbers."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text

from evolve import activations
from evolve.admission.descriptors import PROBE_GRID
from evolve.admission.traits import Traits
from evolve.cost import Cost
from evolve.program import Program
from evolve.search.database import Row
from harness.core.fitness import Report, Status
from harness.reporting.curves import Curve
from harness.reporting.document import Figure
from harness.reporting.figures import labels, niche_map, pareto, style
from harness.reporting.figures.niche_map import Axis, Cell
from harness.reporting.runs.reading import read_all
from harness.reporting.runs.search_run import SearchRun
from harness.reporting.sections import niche_maps, search_figures
from tests.harness.reporting.directories import report, row, write_search

RELU, GELU = activations.source("relu"), activations.source("gelu")
GROWTH = ("vanishing", "bounded", "sublinear", "linear", "superlinear")
SINE = "def activation(x):\n  return jnp.sin(0.9 * x)\n"
LINE = "def activation(x):\n  return 1 * x\n"
FLAT = "def activation(x):\n  return 0 * x\n"


def _with_traits(
  row: Row, niche: tuple[int, ...], values: np.ndarray, flops: float
) -> Row:
  signature = np.concatenate([values[::25], np.zeros_like(values[::25])])
  traits = Traits(niche, True, signature.astype(np.float32), Cost(flops, 2.0))
  return row._replace(traits=traits.to_json())


@pytest.fixture
def run(tmp_path: Path) -> SearchRun:
  """Two elites share a cell of the map by size and turns; the better is sin."""
  x = PROBE_GRID
  rows = [
    _with_traits(row(0, RELU, report(0.5)), (2, 0, 3, 0), np.maximum(x, 0), 1),
    _with_traits(row(1, LINE, report(0.3)), (3, 3, 3, 4), x, 2),
    row(2, "import os\n", Report(Status.INVALID, "no", seconds=60.0)),
    _with_traits(
      row(3, SINE, report(0.7, seconds=60.0), Program(RELU)),
      (3, 1, 1, 4), np.sin(0.9 * x), 32,
    ),
    _with_traits(row(4, FLAT, report(0.6)), (3, 0, 0, 0), 0 * x, 64),
  ]  # fmt: skip
  path = write_search(tmp_path, rows, {SINE: (report(0.5), report(0.5))})
  return read_all([str(path)]).searches[0]


def _axes(figure: Figure) -> list[Axes]:
  return figure.drawing.axes


def test_the_course(run: SearchRun) -> None:
  figure = search_figures.course(run, "a")
  best, best_in_time, *_, niches, _ = _axes(figure)
  (line, _) = best.lines  # The other one is the end of generation zero.
  assert list(line.get_xdata()) == [1, 2, 3, 4, 5]
  assert list(line.get_ydata()) == pytest.approx([0.5, 0.5, 0.5, 0.7, 0.7])
  assert list(best_in_time.lines[0].get_xdata()) == [0, 0, 1, 2, 2]
  assert list(niches.lines[0].get_ydata()) == [1, 2, 2, 3, 4]
  assert list(best.lines[1].get_xdata()) == [1, 1]


def test_nothing_is_drawn_before_there_is_a_best(tmp_path: Path) -> None:
  rows = [
    row(0, "import os\n", Report(Status.INVALID, "no")),
    row(1, RELU, report(0.5)),
  ]
  path = write_search(tmp_path, rows, {})
  figure = search_figures.course(read_all([str(path)]).searches[0], "a")
  first, second = _axes(figure)[0].lines[0].get_ydata()
  assert math.isnan(first) and second == pytest.approx(0.5)


def test_a_cell_shows_its_best_elite(run: SearchRun) -> None:
  by_size, by_growth = niche_maps.maps(run, "a")
  axes = _axes(by_size)[0]
  cells = {
    (int(patch.get_x()), int(patch.get_y())): (patch, line)
    for patch, line in zip(axes.patches, axes.lines, strict=True)
    if isinstance(patch, Rectangle)
  }
  # Sizes begin with one bit.
  assert set(cells) == {(1, 0), (2, 4), (2, 0)}
  patch, line = cells[2, 4]
  assert patch.get_facecolor() == to_rgba(colormaps[style.ORDERED](1.0))
  x = np.linspace(-6, 6, len(line.get_ydata()))
  drawn = np.asarray(line.get_ydata(), np.float64)
  assert np.corrcoef(drawn, np.sin(0.9 * x))[0, 1] > 0.99
  assert 4 < drawn.min() < drawn.max() < 5
  assert len(_axes(by_growth)[0].patches) == 4
  names = [t.get_text() for t in _axes(by_growth)[0].get_xticklabels()]
  assert names == list(GROWTH)


def test_outliers_do_not_take_the_colours() -> None:
  usual = [Cell(0, i, 0.5 + i / 100, np.arange(3.0)) for i in range(8)]
  broken = Cell(1, 0, 0.0, np.array([math.nan, math.inf, 1.0]))
  side = Axis("side", [str(i) for i in range(8)])
  figure = niche_map.draw([*usual, broken], side, side, "value")
  bar = figure.axes[1]
  assert bar.get_ylim() == pytest.approx((0.5, 0.57))
  darkest = figure.axes[0].patches[-1].get_facecolor()
  assert darkest == to_rgba(colormaps[style.ORDERED](0.0))


def test_functions_beside_ancestors_and_baselines(run: SearchRun) -> None:
  x = np.linspace(-12, 12, 2401)
  sine = Curve(x, np.sin(x), np.cos(x))
  curves = {
    Program(SINE).id: sine,
    Program(RELU).id: Curve(x, np.maximum(x, 0), (x > 0).astype(float)),
    Program(GELU).id: Curve(x, np.full_like(x, np.inf), x),
  }
  (figure,) = search_figures.winner(run, "a", curves)
  assert isinstance(figure, Figure)
  above = _axes(figure)[:2]
  assert [[line.get_label() for line in axes.lines] for axes in above] == [
    ["relu", "slot 3"], ["relu", "gelu", "slot 3"]
  ]  # fmt: skip
  ours, slopes = above[0].lines[-1], _axes(figure)[2].lines[-1]
  assert np.abs(ours.get_xdata()).max() == pytest.approx(6)
  np.testing.assert_array_equal(slopes.get_ydata(), np.cos(x)[600:1801])
  assert np.isnan(above[1].lines[1].get_ydata()).all()


def test_the_front_of_given_points() -> None:
  points = [(1, 0.5), (2, 0.5), (2, 0.6), (2, 0.7), (3, 0.65), (0, 0.1),
            (9, 0.9), (9, 0.9), (10, 0.9)]  # fmt: skip
  assert pareto.front(points) == [(0, 0.1), (1, 0.5), (2, 0.7), (9, 0.9)]
  assert pareto.front(points[:1]) == points[:1]


def test_costs(run: SearchRun) -> None:
  (axes,) = _axes(search_figures.costs(run, "a"))
  lines = {line.get_label(): line for line in axes.lines}
  drawn = {
    label: sorted(zip(*line.get_data(), strict=True))
    for label, line in lines.items()
  }
  assert drawn["not dominated"] == [(1, pytest.approx(0.5)),
                                    (32, pytest.approx(0.7))]  # fmt: skip
  assert drawn["best program"] == [(32, pytest.approx(0.7))]
  assert drawn["named activation"] == [(1, pytest.approx(0.5))]
  # One that is worse than all of those is marked at the lower edge.
  assert drawn["candidate, further below"] == [(2, pytest.approx(0.5))]
  assert [t.get_text() for t in axes.texts] == ["relu"]


def test_no_name_covers_another() -> None:
  rng = np.random.default_rng(0)
  crowd = {
    f"activation_{i}": (float(x), float(y))
    for i, (x, y) in enumerate(rng.normal(0.5, 0.12, (24, 2)))
  }
  figure, axes = style.axes(height=4.8)
  axes.plot((0, 1), (0, 1), linestyle="")
  labels.add(figure, axes, crowd)
  figure.draw_without_rendering()
  window = axes.get_window_extent()
  boxes = [
    Text.get_window_extent(t) for t in axes.texts if isinstance(t, Annotation)
  ]
  assert len(boxes) == 24
  for box in boxes:
    assert window.x0 <= box.x0 and box.x1 <= window.x1
  pairs = itertools.combinations(boxes, 2)
  assert not any(one.overlaps(other) for one, other in pairs)
