"""The entropy of activations under a Gaussian pre-activation, and EAFO's rule.

Sun et al., arXiv 2405.12954. With p the density of the pre-activation and y the
inverse of an increasing activation f, its outputs have the entropy

  H = -Int p(y) y' log(p(y) y') = h(X) + E log f'(X),  X with density p.

H is stationary where p(y) y' is constant: f is then the distribution function
of p, scaled, the paper's worst activation with boundary conditions (WAFBC),
which maximises H. EAFO's rule moves the inverse along the Euler-Lagrange
quantity, y + eta with eta = -(p' y' + p y''/y'); as a function of the
pre-activation, which is easier to compute, eta = -(p / f')'.

All integrals are sums in float64, exact to seven digits or more where log f' is
bounded, and to four where it has a pole, as that of x^3 at 0, or where slopes
are 0 in float64, as far out in tanh(4 x).
"""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from harness.core.fitness import Activation

# A standard normal variable is beyond it once in 10^32 times.
_FURTHEST = 12.0
_NUM_POINTS = 1 << 16
_NEGLIGIBLE = 1e-5  # A probability.

Function = Callable[[np.ndarray], np.ndarray]


def entropy(activation: Activation, *, positive: bool = False) -> float:
  """H in nats; minus infinity if the activation does not increase somewhere.

  Slopes are those of float64, which are 0 where it saturates: of tanh(5 x) for
  one pre-activation in ten thousand, too many for a finite result.

  Args:
    activation: pointwise.
    positive: whether pre-activations are those of a normal distribution that
      are above 0, where ReLU has an inverse.
  """
  x, weights = _quadrature(positive)
  _, slopes = _with_slopes(activation, x)
  rises = slopes > 0
  # Far out, where nothing is, one that saturates has slopes of 0 in float64.
  if weights[~rises].sum() > _NEGLIGIBLE:
    return -math.inf
  half = math.log(2) if positive else 0.0
  of_inputs = 0.5 * math.log(2 * math.pi * math.e) - half
  return float(of_inputs + weights[rises] @ np.log(slopes[rises]))


def gradient(
  activation: Activation, direction: Activation, *, positive: bool = False
) -> float:
  """The derivative of the entropy of f + epsilon g by epsilon, at 0.

  It is E[g' / f'].

  Args:
    activation: f, increasing.
    direction: g.
    positive: see `entropy`.
  """
  x, weights = _quadrature(positive)
  _, slopes = _with_slopes(activation, x)
  _, changes = _with_slopes(direction, x)
  rises = slopes > 0
  return float(weights[rises] @ (changes[rises] / slopes[rises]))


def eta(activation: Activation, x: np.ndarray) -> np.ndarray:
  """EAFO's correction of the inverse, at the activation's outputs for x.

  Zero everywhere if H is stationary.

  Args:
    activation: increasing, with two derivatives.
    x: pre-activations, of any shape.
  """

  def ratio(u: jax.Array) -> jax.Array:
    slope: jax.Array = jax.jvp(activation, (u,), (jnp.ones_like(u),))[1]
    return jnp.exp(-(u**2) / 2) / math.sqrt(2 * math.pi) / slope

  _, derivative = _with_slopes(ratio, x)
  return -derivative


def corrected(
  activation: Activation, step: float, *, positive: bool = False
) -> Function:
  """The activation whose inverse is y + step eta.

  It maps u + step eta(u) to f(u), read off a fine grid; beyond 12 deviations it
  is constant.

  Args:
    activation: increasing, with two derivatives.
    step: 1 in the paper.
    positive: whether only pre-activations above 0 are meant.

  Raises:
    ValueError: the corrected inverse does not increase.
  """
  u, _ = _quadrature(positive)
  values, _ = _with_slopes(activation, u)
  moved = u + step * eta(activation, u)
  if (np.diff(moved) <= 0).any():
    raise ValueError(f"with a step of {step:g} the corrected inverse falls")
  return lambda x: np.interp(x, moved, values)


def _quadrature(positive: bool) -> tuple[np.ndarray, np.ndarray]:
  """Midpoints, and the probability of each interval around one."""
  low = 0.0 if positive else -_FURTHEST
  edges = np.linspace(low, _FURTHEST, _NUM_POINTS + 1)
  x = (edges[1:] + edges[:-1]) / 2
  weights = np.exp(-(x**2) / 2)
  return x, weights / weights.sum()


def _with_slopes(
  function: Activation, x: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  with jax.enable_x64(True):
    points = jnp.asarray(x, jnp.float64)
    found: Any = jax.jvp(function, (points,), (jnp.ones_like(points),))
    values, slopes = (np.asarray(a, np.float64) for a in found)
  return values, slopes
