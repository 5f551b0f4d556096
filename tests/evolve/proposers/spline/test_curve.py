"""Smooth curves as programs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from evolve import language
from evolve.admission.admission import Admission
from evolve.admission.probe import probe
from evolve.cost import cost_of
from evolve.proposers.spline import curve

GRID = np.linspace(-8, 8, 2049)  # Every knot is on it.


def _values(seed: int) -> np.ndarray:
  steps = np.random.default_rng(seed).normal(size=len(curve.KNOTS))
  return 0.3 * np.cumsum(steps)


def _reference(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """SciPy's natural spline, with straight tails, and its slopes on GRID."""
  spline = CubicSpline(curve.KNOTS, values, bc_type="natural")
  end = GRID.clip(*curve.KNOTS[[0, -1]])
  return spline(end) + spline(end, 1) * (GRID - end), spline(end, 1)


@pytest.mark.parametrize("seed", range(4))
def test_a_program_is_the_natural_spline_through_its_points(seed: int) -> None:
  values = _values(seed)
  coefficients = curve.interpolating(values)
  activation = language.load(curve.source(coefficients))
  knots = jnp.asarray(curve.KNOTS, jnp.float32)
  np.testing.assert_allclose(activation(knots), values, atol=1e-4)
  expected, slopes = _reference(values)
  x = jnp.asarray(GRID, jnp.float32)
  # Coefficients are rounded to 1e-4, and slopes are differences over 0.5.
  np.testing.assert_allclose(activation(x), expected, atol=1e-3)
  np.testing.assert_allclose(
    jax.vmap(jax.grad(activation))(x), slopes, atol=4e-4
  )
  np.testing.assert_allclose(
    curve.basis(GRID) @ coefficients, expected, atol=1e-12
  )


def test_tails_are_straight_to_the_end_of_tables() -> None:
  activation = language.load(curve.source(curve.interpolating(_values(0))))
  slope = jax.vmap(jax.grad(activation))
  for end in (4.0, -4.0):
    x = jnp.linspace(end, 16 * end, 100)
    np.testing.assert_allclose(slope(x), slope(x)[0], rtol=1e-5, atol=1e-6)


def test_coefficients_are_read_back_exactly() -> None:
  coefficients = curve.interpolating(_values(0))
  program = curve.source(coefficients)
  rounded = curve.coefficients(program)
  np.testing.assert_array_equal(rounded, np.round(coefficients, 4))
  assert curve.source(rounded) == program
  assert "-0.0," not in curve.source(-1e-9 * np.ones(len(curve.KNOTS)))


def test_another_program_has_no_coefficients() -> None:
  with pytest.raises(ValueError, match="not a program of the template"):
    curve.coefficients("def activation(x):\n  return jnp.tanh(x)\n")


def test_a_program_is_cheap_and_trained_by_its_table() -> None:
  activation = language.load(curve.source(curve.interpolating(_values(0))))
  assert cost_of(activation).flops < 200
  admission = Admission(pointwise_only=True)
  assert probe(activation, admission).table is not None
