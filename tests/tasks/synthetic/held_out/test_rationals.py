"""Rational functions against identities that they satisfy."""

import numpy as np

from tests.tasks.synthetic.drawing import drawn, points


def test_velocities_add_as_rapidities():
  for task in drawn("velocity_addition"):
    u, v = np.random.default_rng(0).uniform(-1, 1, (2, 20))
    first, second = task.parameters["shares"]
    rapidities = np.arctanh(first * u) + np.arctanh(second * v)
    rapidities += np.arctanh(task.parameters["frame"])
    np.testing.assert_allclose(task.function(u, v), np.tanh(rapidities))


def test_lines_are_imaginary_parts_of_poles():
  for task in drawn("lorentzians"):
    (x,) = points(task)
    p = task.parameters
    poles = p["centres"] + 1j * p["widths"]
    residues = p["heights"] * p["widths"]
    expected = (residues / (x[:, None] - poles)).imag.sum(axis=1)
    np.testing.assert_allclose(task.function(x), expected, rtol=1e-9)


def test_a_quotient_times_its_denominator_is_a_cubic_along_a_line():
  for task in drawn("polynomial_quotient", count=6):
    p = task.parameters
    steps = np.arange(7)[:, None] * np.array([0.3, -0.2])
    line = (np.array([-0.7, 0.4]) + steps)[:, : len(task.inputs)]
    below = 1 + ((line - p["centre"]) ** 2 * p["below"]).sum(axis=1)
    above = task.function(*line.T) * below
    assert np.abs(np.diff(above, n=4)).max() < 1e-9 * np.abs(above).max()
    assert np.abs(np.diff(above, n=3)).max() > 1e-4
    assert np.abs(np.diff(task.function(*line.T), n=4)).max() > 1e-4


def test_hill_reaches_half_where_it_should():
  for task in drawn("hill"):
    p = task.parameters
    activator, repressor = p["halves"]
    half, full = task.function(np.array([activator, 1e9]), np.zeros(2))
    assert np.isclose(half, (1 + p["leak"]) / 2)
    assert np.isclose(full, 1)
    free, halved = task.function(np.zeros(2), np.array([0, repressor]))
    assert np.isclose(free, p["leak"])
    assert np.isclose(halved, p["leak"] / 2)


def test_an_enzyme_is_fastest_at_the_geometric_mean():
  for task in drawn("inhibition"):
    p = task.parameters
    best = np.sqrt(p["constant"] * p["of_excess"])
    speeds = task.function(best * np.array([0.99, 1, 1.01]), np.zeros(3))
    assert speeds.argmax() == 1
    fastest = 1 / (1 + 2 * np.sqrt(p["constant"] / p["of_excess"]))
    assert np.isclose(speeds[1], fastest)
    doubled = p["of_inhibitor"] * np.ones(1)  # It doubles the constant.
    inhibited = task.function(np.array([best]), doubled)
    expected = best / (2 * p["constant"] + best + best**2 / p["of_excess"])
    assert np.isclose(inhibited, expected)
