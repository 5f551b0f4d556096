"""Polynomials in plain Python."""

import itertools
import math

import numpy as np


def _quadratic(x, matrix, linear):
  squares = sum(
    matrix[i][j] * x[i] * x[j] for i in range(len(x)) for j in range(len(x))
  )
  return squares + sum(w * v for w, v in zip(linear, x, strict=True))


def _chebyshev(x, weights):
  angles = [math.acos(v) for v in x]
  shape = np.shape(weights)
  return sum(
    np.asarray(weights)[index]
    * math.prod(math.cos(k * a) for k, a in zip(index, angles, strict=True))
    for index in itertools.product(*map(range, shape))
  )


def _composed(x, matrix, linear, of_inner):
  inner = _quadratic(x, matrix, linear)
  return inner * (inner + of_inner)


def _dense(x, weights, degree, inputs):
  powers = itertools.product(range(degree + 1), repeat=inputs)
  kept = [p for p in powers if 1 <= sum(p) <= degree]
  return _sparse(x, kept, weights)


def _sparse(x, powers, weights):
  return sum(
    w * math.prod(v**k for v, k in zip(x, p, strict=True))
    for w, p in zip(weights, powers, strict=True)
  )


def _factored(x, slopes, offsets):
  return math.prod(
    sum(s * v for s, v in zip(row, x, strict=True)) + offset
    for row, offset in zip(slopes, offsets, strict=True)
  )


def _symmetric(x, weights, inputs):
  p1, p2, p3 = (sum(v**k for v in x) for k in (1, 2, 3))
  terms = (p1, p1**2, p2, p1**3, p1 * p2, p3)
  return sum(w * t for w, t in zip(weights, terms, strict=False))


ORACLES = {
  "chebyshev_series": _chebyshev,
  "composed_polynomial": _composed,
  "dense_polynomial": _dense,
  "factored_polynomial": _factored,
  "quadratic_form": _quadratic,
  "sparse_polynomial": _sparse,
  "symmetric_polynomial": _symmetric,
}
