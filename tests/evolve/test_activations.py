"""The named activations against values computed without JAX."""

import cmath
import inspect
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from evolve import activations, language
from evolve.activations import ACTIVATIONS, WELL_KNOWN

POINTS = (-30.0, -3.7, -1.0, -0.25, 0.0, 0.3, 1.0, 2.2, 30.0)


def _logistic(x):
  return 0.5 * (1 + math.tanh(x / 2))


def _phi(x):
  return 0.5 * math.erfc(-x / math.sqrt(2))


def _softplus(x):
  return math.log1p(math.exp(-abs(x))) + max(x, 0)


def _gelu(x):
  # The tanh form, through the logistic function.
  return x * _logistic(math.sqrt(8 / math.pi) * (x + 0.044715 * x**3))


def _sinc(x):
  return math.sin(math.pi * x) / (math.pi * x) if x else 1.0


# In another form than in the docstring, if there is one.
POINTWISE = {
  "relu": lambda x: (x + abs(x)) / 2,
  "leaky_relu": lambda x: 0.505 * x + 0.495 * abs(x),
  "elu": lambda x: max(x, 0) + math.expm1(min(x, 0)),
  "selu": lambda x: (
    1.0507009873554805 * max(x, 0) + 1.7580993408473768 * math.expm1(min(x, 0))
  ),
  "softplus": _softplus,
  "squareplus": lambda x: 2 / (math.hypot(x, 2) - x),
  "softsign": lambda x: math.copysign(1 - 1 / (1 + abs(x)), x),
  "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
  "hard_sigmoid": lambda x: (abs(x + 3) - abs(x - 3) + 6) / 12,
  "tanh": lambda x: 2 * _logistic(2 * x) - 1,
  "hard_tanh": lambda x: (abs(x + 1) - abs(x - 1)) / 2,
  "gelu": _gelu,
  "gelu_exact": lambda x: x * _phi(x),
  "swish": lambda x: x / 2 * (1 + math.tanh(x / 2)),
  "hard_swish": lambda x: x * (abs(x + 3) - abs(x - 3) + 6) / 12,
  "mish": lambda x: x * (1 - 2 / ((1 + math.exp(x)) ** 2 + 1)),
  "sin": lambda x: cmath.exp(1j * x).imag,
  "snake": lambda x: x + (1 - math.cos(2 * x)) / 2,
  "gelusine": lambda x: _gelu(x) + 0.1 * math.sin(x),
  "gelu_sinc_perturbation": lambda x: _gelu(x) * (1 + _sinc(x) / 2),
  "gmtu": lambda x: math.tanh(1.5 * x) / math.exp(x * x / 5) + x / 10,
  "crrelu": lambda x: max(x, 0) + x / (100 * math.exp(x * x / 2)),
}


def _turbulent(xs):
  mean = math.fsum(xs) / len(xs)
  std = math.sqrt(math.fsum((x - mean) ** 2 for x in xs) / len(xs))
  return [
    math.copysign(math.log(1 + abs(x) / 2), x)
    + math.sin(2 * x) / 5 * math.exp(-(((x - mean) / (std + 1e-6)) ** 2) / 2)
    for x in xs
  ]


def _phase_flip(xs):
  out = []
  for i, x in enumerate(xs):
    left, right = xs[i - 1], xs[(i + 1) % len(xs)]
    u = x * x / 100
    lap = x - (left + right) / 2
    squares = x * x + (left * left + right * right) / 4
    a = _logistic((squares - 100) / 50 + lap * lap / 20)
    phase = (
      x
      + x * abs(x) / 20
      + (1 - a) * math.sin(15 * x) / 5
      + a * 4 * math.sin(40 * x + 5 * lap) / 5
      + (left - 2 * right) / 10
    )
    wave = (1 + 2 * u * math.exp(-u / 1.5)) * 2 * u * math.exp(-u / 2)
    up = math.cos(x**3 / 20 + math.sin(2.5 * x) / 2) > 0
    gated = x * math.exp(-(x**4) / 160_000)
    sign = 1 if up else -1
    out.append(10 * math.tanh((gated + sign * wave * math.sin(phase)) / 10))
  return out


def test_24_activations_are_well_known_in_order():
  names = tuple(WELL_KNOWN)
  assert len(names) == 24
  assert activations.names()[:24] == names
  assert names[:3] == ("relu", "leaky_relu", "elu")
  assert names[-3:] == ("turbulent", "phase_flip", "crrelu")
  assert {*POINTWISE, "turbulent", "phase_flip"} == {*names}


@pytest.fixture(scope="module")
def at_points():
  """The values of the pointwise activations at POINTS, compiled together."""
  values = jax.jit(lambda x: {name: ACTIVATIONS[name](x) for name in POINTWISE})
  return values(jnp.array(POINTS))


@pytest.mark.parametrize("name", POINTWISE)
def test_pointwise_values(name, at_points):
  expected = [POINTWISE[name](x) for x in POINTS]
  np.testing.assert_allclose(at_points[name], expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize(
  "name, expected", [("turbulent", _turbulent), ("phase_flip", _phase_flip)]
)
def test_mixing_values(name, expected):
  # Steep functions of x: in single precision their arguments carry errors. The
  # lab's fast sine, which other tests may have put in place, carries some too.
  x = np.random.default_rng(0).normal(scale=4.0, size=32)
  with jax.enable_x64(True):
    actual = jax.jit(ACTIVATIONS[name])(jnp.array(x))
  np.testing.assert_allclose(actual, expected(x.tolist()), rtol=1e-6)


def test_turbulent_normalises_over_the_whole_tensor():
  turbulent = ACTIVATIONS["turbulent"]
  flat, folded = jax.jit(lambda x: (turbulent(x), turbulent(x.reshape(3, 4))))(
    jnp.arange(12.0)
  )
  np.testing.assert_allclose(flat, folded.ravel(), rtol=1e-6)


def test_minimum_of_gelu_exact():
  x = jnp.linspace(-1, -0.5, 50_001)
  y = np.asarray(jax.jit(ACTIVATIONS["gelu_exact"])(x))
  assert float(y.min()) == pytest.approx(-0.16997, abs=1e-5)
  assert float(x[y.argmin()]) == pytest.approx(-0.7518, abs=1e-3)


@jax.jit
def _values_and_gradients(x):
  """Of every activation, compiled together."""
  found = {}
  for name, activation in ACTIVATIONS.items():
    y, pull_back = jax.vjp(activation, x)
    found[name] = y, *pull_back(jnp.ones_like(y))
  return found


def test_values_and_gradients_are_finite():
  grid = jnp.linspace(-12, 12, 240).reshape(12, 20)
  # Constant inputs have no spread, where the gradient of a standard deviation
  # is undefined.
  constants = [0.0, 1e-6, -1e-6, 30.0, -30.0]
  for x in [grid, *(jnp.full_like(grid, c) for c in constants)]:
    for name, arrays in _values_and_gradients(x).items():
      for array in arrays:
        assert (array.shape, array.dtype) == (x.shape, x.dtype), name
        assert np.isfinite(array).all(), name


def test_sinc_has_the_right_gradient_at_zero():
  gradient = jax.grad(ACTIVATIONS["gelu_sinc_perturbation"])(0.0)
  assert float(gradient) == pytest.approx(0.75)  # gelu'(0) (1 + sinc(0)/2)


@pytest.mark.parametrize("name", WELL_KNOWN)
def test_source_is_a_candidate_that_computes_the_same(name):
  source = activations.source(name)
  assert source.startswith("def activation(x")
  assert inspect.getdoc(ACTIVATIONS[name]).splitlines()[0] in source
  x = jax.ShapeDtypeStruct((4, 6), jnp.float32)
  candidate = jax.make_jaxpr(language.load(source))(x)
  assert str(candidate) == str(jax.make_jaxpr(ACTIVATIONS[name])(x))
