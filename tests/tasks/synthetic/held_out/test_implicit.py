"""Implicit functions: made from known solutions, or solved by other means."""

import numpy as np
from scipy.optimize import brentq

from tasks.synthetic.held_out.implicit import bisection
from tests.tasks.synthetic.drawing import drawn, points

RNG = np.random.default_rng(0)


def test_kepler_by_brents_method():
  for task in drawn("kepler"):
    p = task.parameters
    time, eccentricity = points(task)
    found = task.function(time, eccentricity)
    for k, e in enumerate(eccentricity):
      mean = p["speed"] * time[k]
      anomaly = brentq(
        lambda a, e=e, mean=mean: a - e * np.sin(a) - mean, -9, 9
      )
      place = np.exp(1j * anomaly).real - e
      across = np.sqrt(1 - e**2) * np.exp(1j * anomaly).imag
      turned = (place + 1j * across) * np.exp(-1j * p["direction"])
      assert np.isclose(found[k], turned.real)


def test_cubic_by_its_companion_matrix():
  for task in drawn("cubic_root"):
    p = task.parameters
    arguments = points(task)
    for found, x, y in zip(task.function(*arguments), *arguments, strict=True):
      linear = p["least"] + p["of_p"] * y**2
      roots = np.roots([1, 0, linear, -p["of_q"] * x - p["offset"]])
      (real,) = roots[np.abs(roots.imag) < 1e-7].real
      assert np.isclose(found, real, atol=1e-7)


def test_a_wave_keeps_its_speed_along_characteristics():
  for task in drawn("steepening_wave"):
    p = task.parameters
    start = RNG.uniform(-1, 1, 50)
    time = RNG.uniform(0, 0.84 / p["number"], 50)
    speed = p["mean"] + np.sin(p["number"] * start + p["phase"])
    found = task.function(start + speed * time, time)
    np.testing.assert_allclose(found, speed, atol=1e-9)


def test_a_gas_of_known_density():
  for task in drawn("real_gas"):
    density = RNG.uniform(0.1, 1.5, 50)
    temperature = RNG.uniform(1.02, 2.5, 50)
    attraction = 3 * density**2 * temperature ** -task.parameters["power"]
    pressure = 8 * temperature * density / (3 - density) - attraction
    ideal = 8 * density * temperature / 3
    found = task.function(temperature, pressure)
    np.testing.assert_allclose(found, pressure / ideal, rtol=1e-6)


def test_a_water_wave_of_known_number():
  for task in drawn("water_wave"):
    p = task.parameters
    k, depth = RNG.uniform(0.2, 3, (2, 50))
    frequency = np.sqrt((k + p["tension"] * k**3) * np.tanh(k * depth))
    found = task.function(frequency, depth)
    np.testing.assert_allclose(found, np.cos(p["place"] * k), atol=1e-9)


def test_spins_of_known_magnetisation():
  for task in drawn("magnetisation"):
    p = task.parameters
    m = RNG.uniform(-0.9, 0.9, 50)
    heat = RNG.uniform(0, 0.8, 50)
    pull = np.arctanh(m) * (p["coldest"] + heat)
    field = pull - m + p["cubic"] * m**3 - p["offset"]
    # At temperature 1 the slope at the root is nearly 0.
    np.testing.assert_allclose(task.function(field, heat), m, atol=1e-4)


def test_bisection_finds_each_root_to_the_last_digits():
  powers = np.array([1.0, 3.0, 5.0])
  found = bisection.root(lambda x: x**powers - 2, np.zeros(3), np.full(3, 3.0))
  np.testing.assert_allclose(found, 2 ** (1 / powers), rtol=1e-14)
