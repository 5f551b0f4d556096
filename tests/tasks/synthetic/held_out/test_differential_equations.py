"""Solutions of differential equations against SciPy's adaptive solver."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tasks.synthetic.held_out.differential_equations import runge_kutta
from tests.tasks.synthetic.drawing import drawn, points


def _allee_growth(p, initial):
  def slope(t, n):
    return p["rate"] * n * (n / p["threshold"] - 1) * (1 - n)

  return slope, [initial], 0


def _driven_oscillator(p, x, v):
  def slope(t, s):
    force = p["force"] * np.cos(p["driven"] * t)
    return [s[1], force - p["damping"] * s[1] - p["frequency"] ** 2 * s[0]]

  return slope, [x, v], 0


def _epidemic(p, contacts):
  def slope(t, s):
    caught = contacts * s[0] * s[1]
    return [-caught, caught - p["recovery"] * s[1]]

  return slope, [1 - p["initial"], p["initial"]], 1


def _pendulum(p, speed):
  def slope(t, s):
    return [s[1], -p["stiffness"] * np.sin(s[0]) - p["friction"] * s[1]]

  return slope, [p["angle"], speed], 0


def _predator_prey(p, prey, predators):
  def slope(t, s):
    growth = p["growth"] * (1 - p["crowding"] * s[0]) - s[1]
    return [s[0] * growth, s[1] * (s[0] - p["death"])]

  return slope, [prey, predators], 0


def _van_der_pol(p, x):
  def slope(t, s):
    return [s[1], p["excitation"] * (1 - s[0] ** 2) * s[1] - s[0]]

  return slope, [x, p["velocity"]], 0


EQUATIONS = {
  "allee_growth": _allee_growth,
  "driven_oscillator": _driven_oscillator,
  "epidemic": _epidemic,
  "pendulum": _pendulum,
  "predator_prey": _predator_prey,
  "van_der_pol": _van_der_pol,
}


@pytest.mark.parametrize("name", EQUATIONS)
def test_solutions_agree_with_an_adaptive_solver(name):
  for task in drawn(name, count=2):
    arguments = points(task, count=6)
    expected = []
    for time, *rest in arguments.T:
      slope, start, asked = EQUATIONS[name](task.parameters, *rest)
      solution = solve_ivp(slope, (0, time), start, rtol=1e-9, atol=1e-11)
      expected.append(solution.y[asked, -1])
    np.testing.assert_allclose(
      task.function(*arguments), expected, rtol=1e-4, atol=1e-4
    )


def test_the_rod_keeps_the_heat_equation_and_its_ends():
  h = 1e-4
  for task in drawn("cooling_rod"):
    x, t = np.array([[0.2, 0.45, 0.7], [0.1, 0.5, 1.2]])
    value = task.function(x, t)
    by_time = (task.function(x, t + h) - task.function(x, t - h)) / (2 * h)
    sides = task.function(x + h, t) + task.function(x - h, t)
    curvature = (sides - 2 * value) / h**2
    diffusivity = task.parameters["diffusivity"]
    np.testing.assert_allclose(by_time, diffusivity * curvature, atol=1e-4)
    for end in (0.0, 1.0):
      np.testing.assert_allclose(task.function(0 * x + end, t), 0, atol=1e-9)


def test_errors_of_the_method_fall_with_the_fourth_power_of_the_step():
  time = np.array([1.0, 2.0])

  def error(num_steps):
    found = runge_kutta.solve(
      lambda y, t: y * np.cos(t), (np.ones(2),), time, num_steps
    )
    return np.abs(found[0] - np.exp(np.sin(time))).max()

  assert 14 < error(20) / error(40) < 18
