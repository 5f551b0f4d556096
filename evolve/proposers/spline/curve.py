"""Smooth curves with straight tails, as programs of the language.

A natural cubic spline over evenly spaced knots, by its coefficients of cubic
B-splines. It is twice continuously differentiable, and goes on beyond the last
knots in straight lines. At a knot its value is (a + 4b + c) / 6 of the three
nearest coefficients, at the last knots the coefficient itself.
"""

import numpy as np

from evolve.proposers.template import Template

KNOTS = np.linspace(-4.0, 4.0, 17)
_SPACING = 0.5
_DECIMALS = 4

# The mean of both tails, and a hinge with a rounded tip at each inner knot. In
# a sum of hinges no large numbers cancel, and the slope is right at knots, too.
_TEXT = """\
def activation(x):
  c = (
    #, #, #, #, #, #,
    #, #, #, #, #, #,
    #, #, #, #, #,
  )
  t = 2 * x + 8
  left = c[0] + (c[1] - c[0]) * t
  right = c[16] + (c[16] - c[15]) * (t - 16)
  y = (left + right) / 2
  for i in range(1, 16):
    bend = c[i - 1] - 2 * c[i] + c[i + 1]
    distance = jnp.abs(t - i)
    tip = jnp.maximum(1 - distance, 0) ** 3
    y += bend / 2 * distance + bend / 6 * tip
  return y
"""
_TEMPLATE = Template(tuple(_TEXT.split("#")))


def source(coefficients: np.ndarray) -> str:
  """The program of a curve, its coefficients rounded."""
  # The sum turns -0.0 into 0.0.
  return _TEMPLATE.source(np.round(coefficients, _DECIMALS) + 0.0)


def coefficients(source: str) -> np.ndarray:
  """The coefficients in a program of a curve.

  Raises:
    ValueError: it is another program.
  """
  return np.array(_TEMPLATE.numbers(source))


def interpolating(values: np.ndarray) -> np.ndarray:
  """The coefficients of the curve that has these values at the knots."""
  return np.linalg.solve(basis(KNOTS), values)


def basis(x: np.ndarray) -> np.ndarray:
  """The change of a curve at each x with each coefficient, [len(x), 17]."""
  c = np.eye(len(KNOTS))
  t = (x[:, None] - KNOTS[0]) / _SPACING
  left = c[0] + (c[1] - c[0]) * t
  right = c[-1] + (c[-1] - c[-2]) * (t - len(KNOTS) + 1)
  distance = np.abs(t - np.arange(1, len(KNOTS) - 1))
  hinges = distance / 2 + np.maximum(1 - distance, 0) ** 3 / 6
  values: np.ndarray = (left + right) / 2 + hinges @ np.diff(c, 2, axis=0)
  return values
