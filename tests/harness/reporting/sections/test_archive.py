"""Elites and maps of an archive on the page."""

from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from harness.reporting.document import DataTable, Figure
from harness.reporting.figures import style
from harness.reporting.sections import archive
from tests.harness.reporting import drawn_search

GROWTH = ("vanishing", "bounded", "sublinear", "linear", "superlinear")


def test_elites_are_ranked_with_their_niches(tmp_path: Path) -> None:
  table, *_ = archive.blocks(drawn_search.write(tmp_path), "a")
  assert isinstance(table, DataTable)
  assert [(r[0], r[1], *r[3:]) for r in table.rows][:2] == [
    (1, "slot 3", 32.0, "4-7", "bounded", "bounded", "8-15",
     "return jnp.sin(0.9 * x)"),
    (2, "slot 4", 64.0, "4-7", "vanishing", "vanishing", "0",
     "return 0 * x"),
  ]  # fmt: skip


def test_a_cell_shows_its_best_elite(tmp_path: Path) -> None:
  _, by_size, by_growth = archive.blocks(drawn_search.write(tmp_path), "a")
  assert isinstance(by_size, Figure) and isinstance(by_growth, Figure)
  axes = by_size.drawing.axes[0]
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
  assert len(by_growth.drawing.axes[0].patches) == 4
  names = [t.get_text() for t in by_growth.drawing.axes[0].get_xticklabels()]
  assert names == list(GROWTH)
