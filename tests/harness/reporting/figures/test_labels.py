"""Names beside many points."""

import itertools

import numpy as np
from matplotlib.text import Annotation, Text

from harness.reporting.figures import labels, style


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
