"""Names beside points, placed so that none covers another."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

_FONT_SIZE = 8  # Points, as are the distances.
_DISTANCES = (5, 9, 14, 20, 27, 35, 44, 54, 65, 77, 90)
_NUM_DIRECTIONS = 16
_AROUND_POINTS = 3.0

Point = tuple[float, float]
# Out of the drawing, dots and names covered, lines and names crossed; worst
# first.
Trouble = tuple[bool, int, int]


def add(
  figure: Figure,
  axes: Axes,
  names: Mapping[str, Point],
  obstacles: Sequence[Point] = (),
) -> None:
  """Writes names where there is room, each joined to its point by a thin line.

  Where room is short, lines may cross names; only then names cover others.

  Args:
    figure: everything else is drawn already.
    axes: of the points.
    names: the points that get them.
    obstacles: further points that no name may cover.
  """
  figure.draw_without_rendering()  # Now the layout is known.
  scale = 72 / figure.dpi
  window = axes.get_window_extent()
  points: list[Point] = [
    tuple(axes.transData.transform(point) * scale)
    for point in (*names.values(), *obstacles)
  ]
  crowd = _Crowd(Bbox(window.get_points() * scale), points)
  for (name, at), point in zip(names.items(), points, strict=False):
    text = _annotation(axes, name, at)
    text.set_position(crowd.place(point, _size(figure, text)))


class _Crowd:
  """Dots and names that a further name must not cover; all in points."""

  def __init__(self, window: Bbox, points: Sequence[Point]):
    self._window = window
    size = _AROUND_POINTS, _AROUND_POINTS
    self._dots = [_box(point, size) for point in points]
    self._names: list[Bbox] = []
    self._lines: list[Path] = []

  def place(self, point: Point, size: Point) -> Point:
    """Finds the place of a name, and keeps it free from now on.

    Returns:
      The middle of the name, seen from its point.
    """
    offsets = list(_offsets(size))
    free = (o for o in offsets if not any(self._trouble(point, o, size)))
    offset = next(free, None) or min(
      offsets, key=lambda offset: self._trouble(point, offset, size)
    )
    middle = point[0] + offset[0], point[1] + offset[1]
    self._names.append(_box(middle, size))
    self._lines.append(Path([point, middle]))
    return offset

  def _trouble(self, point: Point, offset: Point, size: Point) -> Trouble:
    middle = point[0] + offset[0], point[1] + offset[1]
    box, line = _box(middle, size), Path([point, middle])
    outside = any(not self._window.contains(*c) for c in box.get_points())
    covered = box.count_overlaps([*self._dots, *self._names])
    if outside or covered:  # Counting crossings takes far longer.
      return outside, covered, 0
    crossed = [old for old in self._lines if old.intersects_bbox(box)]
    crossing = [name for name in self._names if line.intersects_bbox(name)]
    return outside, 0, len(crossed) + len(crossing)


def _annotation(axes: Axes, name: str, at: Point) -> Annotation:
  """A name on its point."""
  return axes.annotate(
    name,
    at,
    xytext=(0, 0),
    textcoords="offset points",
    ha="center",
    va="center",
    fontsize=_FONT_SIZE,
    # Names stay readable among many small dots.
    bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0},
    arrowprops={
      "arrowstyle": "-",
      "color": "0.4",
      "linewidth": 0.6,
      "shrinkA": 0,
      "shrinkB": 1,
    },
  )


def _size(figure: Figure, text: Annotation) -> Point:
  """Of the text alone, in points."""
  # An annotation's own method adds the line to its point.
  box, scale = Text.get_window_extent(text), 72 / figure.dpi
  return box.width * scale, box.height * scale


def _offsets(size: Point) -> Iterator[Point]:
  """Nearest first, and of those the ones beside a point first."""
  angles = [math.tau * k / _NUM_DIRECTIONS for k in range(_NUM_DIRECTIONS)]
  angles.sort(key=lambda angle: abs(math.sin(angle)))
  for distance, angle in itertools.product(_DISTANCES, angles):
    yield (
      math.cos(angle) * (distance + size[0] / 2),
      math.sin(angle) * (distance + size[1] / 2),
    )


def _box(middle: Point, size: Point) -> Bbox:
  x, y = middle
  width, height = size
  return Bbox.from_bounds(x - width / 2, y - height / 2, width, height)
