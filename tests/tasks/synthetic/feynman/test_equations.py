"""The Feynman equations: formulas, twins, and the split over streams."""

import collections
import itertools

import numpy as np
import pytest
import sympy

from tasks.lab import registry
from tasks.synthetic.feynman.equations import equations

EQUATIONS = {equation.name: equation for equation in equations()}
SHARES = {"lab": 3 / 8, "dev": 1 / 8, "fresh": 1 / 4, "heldout": 1 / 4}
DISTINCT = {n: e for n, e in EQUATIONS.items() if not e.twin_of}

every_equation = pytest.mark.parametrize("name", EQUATIONS)


def _task(name):
  return EQUATIONS[name].generator().one(np.random.default_rng(0))


def _points(name, count=5, seed=0):
  ranges = EQUATIONS[name].variables.values()
  lows, highs = np.array([(i.low, i.high) for i in ranges]).T
  return np.random.default_rng(seed).uniform(lows, highs, (count, len(lows)))


def test_most_of_the_table_is_there():
  assert len(EQUATIONS) >= 60
  assert max(len(e.variables) for e in EQUATIONS.values()) <= 6


@every_equation
def test_a_formula_agrees_with_sympy(name):
  equation = EQUATIONS[name]
  symbols = {v: sympy.Symbol(v) for v in equation.variables}
  others = {"arcsin": sympy.asin, "arccos": sympy.acos}
  formula = sympy.sympify(equation.formula, locals={**others, **symbols})
  for point in _points(name, count=2):
    values = dict(zip(symbols.values(), point.tolist(), strict=True))
    expected = float(formula.evalf(subs=values))
    assert _task(name).function(*point) == pytest.approx(expected)


@pytest.mark.parametrize(
  ("name", "arguments", "value"),
  [
    ("feynman_i_6_2", (2, 2), 0.12098536225957168),
    ("feynman_i_12_1", (2, 3), 6),
    ("feynman_i_12_2", (2, 3, 1.5, 2), 1 / (4 * np.pi)),
    ("feynman_i_24_6", (2, 1, 2, 2), 10),
    ("feynman_i_29_4", (6, 2), 3),
    ("feynman_i_50_26", (2, np.pi, 1, 3), 4),
    ("feynman_ii_3_24", (4, 2), 1 / (4 * np.pi)),
    ("feynman_ii_34_11", (2, 3, 4, 6), 2),
  ],
)
def test_a_formula_at_a_known_point(name, arguments, value):
  assert _task(name).function(*arguments) == pytest.approx(value)


def _is_twin(first, second):
  """True for two that are equal up to a factor and the order of variables."""
  points = _points(first)
  expected = _task(first).function(*points.T)
  other = _task(second).function
  return any(
    np.ptp(other(*points[:, order].T) / expected) < 1e-9
    for order in itertools.permutations(range(points.shape[1]))
  )


def test_twins_are_twins_and_share_a_stream():
  by_number = {e.number: e for e in EQUATIONS.values()}
  twins = [e for e in EQUATIONS.values() if e.twin_of]
  assert len(twins) >= 10
  for twin in twins:
    first = by_number[twin.twin_of]
    assert _is_twin(first.name, twin.name)
    assert twin.stream == first.stream


def test_one_of_each_group_of_twins_has_a_generator():
  shipped = {g.name: g for g in registry.shipped() if g.family == "feynman"}
  assert shipped.keys() == DISTINCT.keys()
  for name, equation in DISTINCT.items():
    assert shipped[name].streams == (equation.stream,)


def test_streams_have_their_shares():
  counts = collections.Counter(e.stream for e in DISTINCT.values())
  assert counts.keys() == SHARES.keys()
  for stream, share in SHARES.items():
    assert counts[stream] / counts.total() == pytest.approx(share, abs=0.04)


@every_equation
def test_it_is_finite_at_every_corner(name):
  ends = [i.widened(0.4) for i in EQUATIONS[name].variables.values()]
  corners = np.array(list(itertools.product(*ends)))
  # III.9.52 is 0/0 where its two frequencies are equal, and nowhere else.
  corners *= 1 - np.random.default_rng(0).uniform(0, 1e-6, corners.shape)
  assert np.isfinite(_task(name).function(*corners.T)).all()
