"""Drawn polynomials: values, degrees, and the rules of the lab."""

import itertools
import math

import numpy as np
import pytest

from tasks.lab import conformance, registry

GENERATORS = [g for g in registry.shipped() if g.family == "polynomials"]
# The largest degree that each may draw.
DEGREES = {
  "chebyshev_series": 5,
  "composed_polynomial": 4,
  "dense_polynomial": 4,
  "factored_polynomial": 4,
  "quadratic_form": 2,
  "sparse_polynomial": 5,
  "symmetric_polynomial": 3,
}

every_generator = pytest.mark.parametrize(
  "generator", GENERATORS, ids=lambda g: g.name
)


def _drawn(generator, count):
  rng = np.random.default_rng(5)
  return [generator.one(rng) for _ in range(count)]


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


def test_every_generator_has_an_oracle():
  assert ORACLES.keys() == DEGREES.keys() == {g.name for g in GENERATORS}


@every_generator
def test_values_agree_with_an_oracle(generator):
  rng = np.random.default_rng(0)
  for task in _drawn(generator, 10):
    point = rng.uniform(-0.9, 0.9, len(task.inputs))
    found = task.function(*point[:, None])
    expected = ORACLES[generator.name](point.tolist(), **task.parameters)
    assert found == pytest.approx(expected)


@every_generator
def test_degrees_are_2_to_the_largest(generator):
  largest = DEGREES[generator.name]
  rng = np.random.default_rng(0)
  for task in _drawn(generator, 10):
    assert 1 <= len(task.inputs) <= 3
    start, direction = rng.uniform(0.2, 0.4, (2, len(task.inputs)))
    line = start + np.arange(8)[:, None] * direction
    values = task.function(*line.T)
    # Differences of order k vanish on a line exactly for degrees below k.
    scale = np.abs(values).max()
    assert np.abs(np.diff(values, n=largest + 1)).max() < 1e-9 * scale
    assert np.abs(np.diff(values, n=2)).max() > 1e-4 * scale


@every_generator
@pytest.mark.parametrize("rule", conformance.RULES)
def test_a_few_draws_keep_a_rule(generator, rule):
  for task in _drawn(generator, 2):
    assert list(conformance.RULES[rule](task)) == []


@pytest.mark.slow
@every_generator
def test_many_draws_stay_bounded(generator):
  for task in _drawn(generator, 100):
    assert list(conformance.bounded_targets(task)) == []
