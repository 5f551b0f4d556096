"""The niche of a candidate in the grid of the archive.

A niche describes a function, not its quality: the size of its program, its
asymptotes on both sides, and the number of its turning points. The values are
those of the candidate on `PROBE_GRID`, computed by a worker.
"""

import dataclasses
import enum

import numpy as np
import numpy.typing as npt

from evolve import language
from evolve.proposers.expression import tree

# Inner part: what networks on standardised data see. The step of 0.01 gives
# 16 points to a period of sin(40 x).
_INNER = 12.0
# Outer part: two octaves on either side, to tell orders of growth apart. The
# spacing is geometric so that no frequency falls in step with it.
_NEAR, _FAR = 16.0, 64.0
_OUTER = np.geomspace(_NEAR, _FAR, 401)

PROBE_GRID: npt.NDArray[np.float32] = np.concatenate(
  [-_OUTER[::-1], np.linspace(-_INNER, _INNER, 2401), _OUTER]
).astype(np.float32)
PROBE_GRID.flags.writeable = False

_MAX_COMPLEXITY_BIN = 7
_MAX_TURNS_BIN = 6


class Asymptote(enum.IntEnum):
  """The growth of the envelope of a function far from zero."""

  VANISHING = 0
  BOUNDED = 1
  SUBLINEAR = 2
  LINEAR = 3
  # Also what is not finite there.
  SUPERLINEAR = 4


# The least and the greatest coordinate of each axis of a niche.
NICHE_STARTS = (2, 0, 0, 0)
NICHE_LIMITS = (
  _MAX_COMPLEXITY_BIN,
  int(Asymptote.SUPERLINEAR),
  int(Asymptote.SUPERLINEAR),
  _MAX_TURNS_BIN,
)


@dataclasses.dataclass(frozen=True)
class Descriptors:
  """Coordinates of a candidate; each is a small integer.

  Attributes:
    complexity: bits of the size of the program (`tree.size`), at most 7.
    left: asymptote towards minus infinity.
    right: asymptote towards plus infinity.
    turns: bits of the number of turning points in [-12, 12], at most 6; so
      0 is monotone, 1 has one turn, 2 has two or three.
  """

  complexity: int
  left: Asymptote
  right: Asymptote
  turns: int

  @property
  def niche(self) -> tuple[int, ...]:
    """The cell of the grid; there are 7 x 5 x 5 x 7 at most."""
    return self.complexity, int(self.left), int(self.right), self.turns


def describe(source: str, values: npt.ArrayLike) -> Descriptors:
  """Describes a candidate.

  Args:
    source: the program.
    values: its outputs on `PROBE_GRID`, of the same shape; they need not be
      finite.

  Raises:
    ValueError: If the values have another shape.
    LanguageError: If the source is not Python.
  """
  values = np.asarray(values, np.float64)
  if values.shape != PROBE_GRID.shape:
    raise ValueError(
      f"values on the probe grid have shape {PROBE_GRID.shape}, "
      f"not {values.shape}"
    )
  outer = len(_OUTER)
  return Descriptors(
    complexity=min(
      tree.size(language.read(source)).bit_length(), _MAX_COMPLEXITY_BIN
    ),
    left=_asymptote(values[:outer][::-1]),
    right=_asymptote(values[-outer:]),
    turns=min(_count_turns(values[outer:-outer]).bit_length(), _MAX_TURNS_BIN),
  )


def _asymptote(values: npt.NDArray[np.float64]) -> Asymptote:
  """Classifies values on `_OUTER` by how their envelope grows per octave."""
  if not np.isfinite(values).all():
    return Asymptote.SUPERLINEAR
  magnitudes = np.abs(values)
  is_near = np.sqrt(_NEAR * _FAR) >= _OUTER
  near, far = magnitudes[is_near].max(), magnitudes[~is_near].max()
  if far < 1e-3:
    return Asymptote.VANISHING
  # The power p of |x|**p; far is not 0, so only near needs the guard.
  growth = np.log2(far / max(near, 1e-9))
  if growth < -0.5:
    return Asymptote.VANISHING
  if growth < 0.1:
    return Asymptote.BOUNDED
  # An offset of 5 makes a linear function look like |x|**0.87.
  if growth < 0.8:
    return Asymptote.SUBLINEAR
  return Asymptote.LINEAR if growth < 1.3 else Asymptote.SUPERLINEAR


def _count_turns(values: npt.NDArray[np.float64]) -> int:
  """Counts sign changes of the slope that stand out of rounding errors."""
  values = values[np.isfinite(values)]
  if not values.size:
    return 0
  steps = np.diff(values)
  # Rounding of float32 results, and ripples that no network would notice.
  error = 4 * np.finfo(np.float32).eps * np.abs(values).max()
  noise = max(error, 1e-6 * np.ptp(values))
  directions = np.sign(steps[np.abs(steps) > noise])
  return int(np.count_nonzero(np.diff(directions)))
