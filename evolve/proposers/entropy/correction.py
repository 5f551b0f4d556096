"""EAFO's correction of an activation, from its slopes.

The rule of arXiv 2405.12954 moves the inverse of an increasing activation f by
s eta, see `evolve.entropy`. To first order in s the activation itself becomes
f + s (p' - p f''/f'), with p the density of a standard normal pre-activation:
f + (s / sqrt(2 pi)) exp(-x^2 / 2) c(x), c(x) = -x - f''(x) / f'(x). For ReLU,
right of 0, c(x) = -x, which is CRReLU with a negative epsilon. Here c is a
polynomial, which also goes on where f does not increase, as CRReLU does.
"""

import numpy as np
from numpy.polynomial import polynomial

DEGREE = 3
# Of the mean slope where f increases; a smaller one is as good as none.
_LEAST_SLOPE = 0.1
# The least probability of pre-activations where f increases.
_LEAST_SHARE = 0.25


def correction(x: np.ndarray, slopes: np.ndarray) -> np.ndarray | None:
  """The coefficients of c, from the constant on, [DEGREE + 1].

  They minimise the mean squared error over pre-activations where f increases.

  Args:
    x: [n], increasing.
    slopes: [n], f' at each.

  Returns:
    None if f increases for less than a quarter of pre-activations.
  """
  density = np.exp(-(x**2) / 2) * np.gradient(x)
  density /= density.sum()
  least = _LEAST_SLOPE * float(density @ np.maximum(slopes, 0))
  rises = slopes > least
  inner = rises[:-2] & rises[1:-1] & rises[2:]
  # One that oscillates rises at points whose neighbours fall.
  if density[1:-1][inner].sum() < _LEAST_SHARE:
    return None
  logs = np.log(np.where(rises, slopes, 1.0))
  bend = (logs[2:] - logs[:-2]) / (x[2:] - x[:-2])
  points, wanted = x[1:-1][inner], (-x[1:-1] - bend)[inner]
  weights = np.sqrt(density[1:-1][inner])
  fitted: np.ndarray = polynomial.polyfit(points, wanted, DEGREE, w=weights)
  return fitted
