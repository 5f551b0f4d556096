"""Shapes of functions that are known."""

from collections.abc import Callable

import numpy as np
import pytest

from harness.reporting import shape
from harness.reporting.figures.functions import Curve
from harness.reporting.shape import Shape

X = np.linspace(-6, 6, 1201).astype(np.float32)


def curve(function: Callable[[np.ndarray], np.ndarray]) -> Curve:
  values = function(X)
  return Curve(X, values, np.gradient(values, X))


def _measured(function: Callable[[np.ndarray], np.ndarray]) -> Shape:
  found = shape.measure(curve(function))
  assert found
  return found


def test_hard_swish() -> None:
  found = _measured(lambda x: x * np.clip(x / 6 + 0.5, 0, 1))
  assert found[:2] == pytest.approx((0, 1), abs=1e-4)
  assert (found.minimum, found.depth) == pytest.approx((-1.5, -0.375), abs=1e-3)
  assert (found.at_zero, found.slope_at_zero) == pytest.approx(
    (0, 0.5), abs=1e-3
  )
  # It falls from 0 to its minimum.
  assert found.turn == pytest.approx(0.375, abs=1e-3)
  assert not found.is_monotone


def test_a_monotone_function_has_no_minimum_inside() -> None:
  found = _measured(lambda x: np.maximum(x, 0.1 * x) + 2)
  assert found[:2] == pytest.approx((0.1, 1), abs=1e-3)
  assert (found.minimum, found.depth, found.turn) == (None, None, 0)
  assert found.at_zero == pytest.approx(2)
  assert found.is_monotone
  assert _measured(lambda x: np.maximum(x, 0)).minimum is None


def test_a_falling_function_may_rise_in_part() -> None:
  found = _measured(lambda x: np.sin(2 * x) - x)
  assert not found.is_monotone
  # From a trough at -acos(1/2)/2 to the crest at acos(1/2)/2.
  crest = np.pi / 6
  assert found.turn == pytest.approx(2 * (np.sin(2 * crest) - crest), abs=1e-3)


def test_a_turn_below_a_hundredth_of_the_range_is_none() -> None:
  found = _measured(lambda x: x + 0.03 * np.sin(40 * x))
  assert 0 < found.turn < 0.1
  assert found.is_monotone


def test_a_function_that_is_not_finite_has_no_shape() -> None:
  assert shape.measure(curve(lambda x: np.where(x > 3, np.nan, x))) is None


def test_the_mean_is_taken_point_by_point() -> None:
  found = shape.mean([curve(lambda x: x), curve(lambda x: 3 * x)])
  np.testing.assert_allclose(found.values, 2 * X, rtol=1e-5)
  np.testing.assert_allclose(found.slopes, 2, rtol=1e-4)
