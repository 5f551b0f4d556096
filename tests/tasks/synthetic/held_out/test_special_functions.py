"""Special functions against mpmath, which computes them by other means."""

import math

import mpmath
import numpy as np
import pytest

from tests.tasks.synthetic.drawing import drawn, points


def _airy(p, x, y):
  return mpmath.airyai(p["weights"][0] * x - p["weights"][1] * y)


def _bessel(p, x):
  return mpmath.besselj(p["order"], p["scale"] * x)


def _binomial(p, n, k):
  return mpmath.binomial(p["lowest"] + p["slope"] * n, k)


def _fresnel(p, x, distance):
  """By the complex amplitude, an integral over the open half-plane."""
  edge = p["scale"] * (x - p["edge"]) / math.sqrt(distance)
  whole = mpmath.quad(
    lambda t: mpmath.expjpi(t**2 / 2), np.linspace(0, edge, 9).tolist()
  )
  return abs(whole + mpmath.mpc(0.5, 0.5)) ** 2 / 2


def _hermite(p, x):
  """A state of the oscillator, of norm 1."""
  n, z = p["degree"], p["scale"] * x + p["shift"]
  norm = mpmath.sqrt(2**n * mpmath.factorial(n) * mpmath.sqrt(mpmath.pi))
  return mpmath.hermite(n, z) * mpmath.exp(-(z**2) / 2) / norm


def _jacobi_elliptic(p, u, m):
  return mpmath.ellipfun("sn", p["scale"] * u + p["shift"], m=m)


def _lambert_w(p, x, y):
  a, c = p["squares"]
  form = a * x**2 + 2 * p["mixed"] * math.sqrt(a * c) * x * y + c * y**2
  return mpmath.lambertw((form - 1) / mpmath.e).real


def _legendre(p, angle):
  return mpmath.legenp(p["degree"], 0, mpmath.cos(angle))


def _zeta_sum(p, t):
  """The first terms of zeta at real_part + i t, without that of 1."""
  terms = (
    mpmath.power(k, mpmath.mpc(-p["real_part"], t))
    for k in range(2, p["num_terms"] + 1)
  )
  return mpmath.re(mpmath.expj(p["phase"]) * sum(terms))


ORACLES = {
  "airy": _airy,
  "bessel": _bessel,
  "binomial": _binomial,
  "fresnel": _fresnel,
  "hermite": _hermite,
  "jacobi_elliptic": _jacobi_elliptic,
  "lambert_w": _lambert_w,
  "legendre": _legendre,
  "zeta_sum": _zeta_sum,
}


@pytest.mark.parametrize("name", ORACLES)
def test_values_agree_with_mpmath(name):
  for task in drawn(name):
    arguments = points(task, count=5)
    expected = [
      float(ORACLES[name](task.parameters, *map(float, point)))
      for point in arguments.T
    ]
    np.testing.assert_allclose(
      task.function(*arguments), expected, rtol=1e-6, atol=1e-7
    )
