"""The shape of a function in measurable terms."""

from typing import NamedTuple

import numpy as np

from harness.reporting.figures.functions import Curve

INNER = 5.0  # Shapes are those within -5 and 5; tails begin there.
# A function that turns by less of its range is called monotone.
_LEAST_TURN = 0.01


class Shape(NamedTuple):
  """The shape of a function in numbers.

  Attributes:
    left_slope: mean slope of the curve's part left of -5.
    right_slope: mean slope of the curve's part right of 5.
    minimum: place of the lowest value within -5 and 5; None at an end.
    depth: the value there; None without a minimum.
    at_zero: value at 0.
    slope_at_zero: derivative at 0.
    turn: the largest fall if it mostly rises, or rise if it mostly falls,
      within -5 and 5; 0 for a monotone function.
    is_monotone: whether that is less than a hundredth of its range.
  """

  left_slope: float
  right_slope: float
  minimum: float | None
  depth: float | None
  at_zero: float
  slope_at_zero: float
  turn: float
  is_monotone: bool


def measure(curve: Curve) -> Shape | None:
  """The shape of a curve that reaches beyond 5; None if it is not finite."""
  x, y = (np.asarray(a, np.float64) for a in (curve.x, curve.values))
  if not np.isfinite(y).all():
    return None
  is_inner = np.abs(x) <= INNER
  inner, zero = y[is_inner], int(np.argmin(np.abs(x)))
  lowest = int(inner.argmin())
  is_turned = 0 < lowest < len(inner) - 1
  fall = float(np.max(np.maximum.accumulate(inner) - inner))
  rise = float(np.max(inner - np.minimum.accumulate(inner)))
  return Shape(
    left_slope=_slope(x[x <= -INNER], y[x <= -INNER]),
    right_slope=_slope(x[x >= INNER], y[x >= INNER]),
    minimum=float(x[is_inner][lowest]) if is_turned else None,
    depth=float(inner[lowest]) if is_turned else None,
    at_zero=float(y[zero]),
    slope_at_zero=float(curve.slopes[zero]),
    turn=min(rise, fall),
    is_monotone=min(rise, fall) <= _LEAST_TURN * float(np.ptp(inner)),
  )


def mean(curves: list[Curve]) -> Curve:
  """The mean of curves over the same points."""
  x = curves[0].x
  return Curve(
    x,
    np.mean([curve.values for curve in curves], axis=0),
    np.mean([curve.slopes for curve in curves], axis=0),
  )


def _slope(x: np.ndarray, y: np.ndarray) -> float:
  return float((y[-1] - y[0]) / (x[-1] - x[0]))
