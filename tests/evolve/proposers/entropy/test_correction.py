"""EAFO's correction where it is known exactly."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.scipy import stats

from evolve import activations, entropy, language
from evolve.language.parameters import numbers
from evolve.proposers.entropy.correction import correction
from evolve.proposers.entropy.proposer import corrected
from harness.core.fitness import Activation

_X = np.linspace(-8, 8, 65)


def _correction(activation: Activation) -> np.ndarray | None:
  slopes = jax.vmap(jax.grad(activation))(jnp.asarray(_X, jnp.float32))
  return correction(_X, np.asarray(slopes, np.float64))


def test_relu_gives_crrelu_with_a_negative_epsilon() -> None:
  coefficients = _correction(activations.ACTIVATIONS["relu"])
  np.testing.assert_allclose(coefficients, [0, -1, 0, 0], atol=1e-9)
  assert coefficients is not None
  child = corrected(activations.source("relu"), coefficients, 0.25)
  assert numbers(child) == {"epsilon": 0.25}
  x = jnp.linspace(-4, 4, 101)
  np.testing.assert_allclose(
    language.load(child)(x), activations.crrelu(x, -0.25), atol=1e-6
  )


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.25])
def test_of_a_normal_distribution_function(scale: float) -> None:
  """f = Phi(scale x) has f''/f' = -scale^2 x; with scale 1 it is stationary."""
  coefficients = _correction(lambda x: stats.norm.cdf(scale * x))
  np.testing.assert_allclose(coefficients, [0, scale**2 - 1, 0, 0], atol=3e-3)


def test_it_is_the_rule_to_first_order() -> None:
  """The moved inverse is the corrected function, but for the square of a step.

  The logistic function: f''/f' = 1 - 2 f, so c(x) = -x - 1 + 2 f(x).
  """
  x, step = np.linspace(-3, 3, 61), 1e-3
  exact = entropy.corrected(jax.nn.sigmoid, step)
  f = 1 / (1 + np.exp(-x))
  c = -x - 1 + 2 * f
  density = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
  np.testing.assert_allclose(exact(x), f + step * density * c, atol=2e-6)
  fitted = np.polynomial.polynomial.polyval(x, _correction(jax.nn.sigmoid))
  inner = abs(x) < 2
  np.testing.assert_allclose(fitted[inner], c[inner], atol=0.02)


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "leaky_relu"])
def test_it_lowers_the_entropy(name: str) -> None:
  activation = activations.ACTIVATIONS[name]
  coefficients = _correction(activation)
  assert coefficients is not None

  def direction(x: jax.Array) -> jax.Array:
    powers = jnp.stack([x**i for i in range(4)])
    c = jnp.tensordot(jnp.asarray(coefficients), powers, 1)
    return jnp.exp(-0.5 * x**2) * c

  assert entropy.gradient(activation, direction) < -1e-3


def test_its_size_does_not_matter() -> None:
  one = _correction(jnp.tanh)
  other = _correction(lambda x: 1e-3 * jnp.tanh(x))
  assert one is not None and other is not None
  np.testing.assert_allclose(one, other, atol=1e-3)


@pytest.mark.parametrize(
  "activation",
  [
    jnp.zeros_like,
    lambda x: -x,
    lambda x: jax.nn.relu(x - 2),
    # Rises at many points of the grid, and hardly at two in succession.
    lambda x: jnp.sin(8 * x),
    lambda x: x + jnp.sin(10 * x),
  ],
)
def test_what_hardly_increases_has_none(activation: Activation) -> None:
  assert _correction(activation) is None


def test_a_corrected_program_gets_another_parameter() -> None:
  once = corrected(activations.source("gelu"), np.array([1.0, 0, -0.5, 0]), 0.1)
  twice = corrected(once, np.array([0, 0.001, 0, 0.5]), 0.2)
  assert numbers(twice) == {"epsilon": 0.1, "epsilon_2": 0.2}
  x = np.linspace(-3, 3, 31, dtype=np.float32)
  bump = np.exp(-0.5 * x**2)
  expected = jax.nn.gelu(x) + bump * (0.1 * (1 - 0.5 * x**2) + 0.1 * x**3)
  found = language.load(twice)(jnp.asarray(x))
  np.testing.assert_allclose(found, expected, atol=1e-5)
