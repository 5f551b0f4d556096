"""The entropy functional, against exact values and autodiff."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.scipy.stats import norm

from evolve import entropy
from harness.core.fitness import Activation


def _bump(x: jax.Array) -> jax.Array:
  """The direction in which CRReLU moves ReLU."""
  return x * jnp.exp(-(x**2) / 2)


def _identity(x: jax.Array) -> jax.Array:
  return x


@pytest.mark.parametrize(
  ("activation", "expected"),
  [
    (norm.cdf, 0.0),
    (lambda x: norm.cdf(0.8 * x), -0.0431),
    (lambda x: norm.cdf(1.25 * x), -0.0581),
    (lambda x: jax.nn.sigmoid(1.702 * x), -0.01004),
    (lambda x: (1 + jnp.tanh(x)) / 2, -0.02334),
  ],
)
def test_no_activation_onto_an_interval_beats_the_distribution_function(
  activation: Activation, expected: float
) -> None:
  assert entropy.entropy(activation) == pytest.approx(expected, abs=5e-5)


def test_the_entropy_of_the_pre_activation_itself() -> None:
  expected = 0.5 * math.log(2 * math.pi * math.e)
  assert entropy.entropy(_identity) == pytest.approx(expected, abs=1e-6)
  half = entropy.entropy(_identity, positive=True)
  assert half == pytest.approx(expected - math.log(2), abs=1e-6)


@pytest.mark.parametrize("scale", [1.0, 2.0, 4.0])
def test_one_that_saturates_has_a_finite_entropy(scale: float) -> None:
  """Far out its slopes are 0 in float64, where no pre-activation is."""
  found = entropy.entropy(lambda x: jnp.tanh(scale * x))
  # log f' = log scale + 2 log sech, whose mean a normal draw estimates.
  draws = scale * np.random.default_rng(0).normal(size=200_000)
  expected = (
    0.5 * math.log(2 * math.pi * math.e)
    + math.log(scale)
    + float(np.mean(2 * (math.log(2) - np.logaddexp(draws, -draws))))
  )
  assert found == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize("activation", [jax.nn.relu, jax.nn.gelu, jnp.cos])
def test_without_an_inverse_there_is_none(activation: Activation) -> None:
  assert entropy.entropy(activation) == -math.inf


def test_the_gradient_of_crrelu_is_positive() -> None:
  """1 / (2 sqrt 2), so a positive epsilon raises the entropy."""
  found = entropy.gradient(_identity, _bump, positive=True)
  assert found == pytest.approx(1 / (2 * math.sqrt(2)), abs=1e-7)


@pytest.mark.parametrize("positive", [False, True])
def test_the_gradient_is_that_of_autodiff(positive: bool) -> None:
  def moved(epsilon: float) -> float:
    def activation(x: jax.Array) -> jax.Array:
      return jax.nn.softplus(x) + epsilon * _bump(x)

    return entropy.entropy(activation, positive=positive)

  step = 1e-4
  expected = (moved(step) - moved(-step)) / (2 * step)
  found = entropy.gradient(jax.nn.softplus, _bump, positive=positive)
  assert found == pytest.approx(expected, rel=1e-5)


def test_eta_is_that_of_the_inverse() -> None:
  """-(p' y' + p y''/y') of y = log(exp(t) - 1), the inverse of softplus."""
  x = np.linspace(-2.0, 3.0, 11)
  t = np.log1p(np.exp(x))
  density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
  first = 1 / (1 - np.exp(-t))
  second = -np.exp(-t) / (1 - np.exp(-t)) ** 2
  expected = -(-x * density * first + density * second / first)
  found = entropy.eta(jax.nn.softplus, x)
  np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_distribution_function_is_stationary() -> None:
  x = np.linspace(-3.0, 3.0, 13)
  np.testing.assert_allclose(entropy.eta(norm.cdf, x), 0.0, atol=1e-9)


def test_the_rule_gives_crrelu_a_negative_epsilon() -> None:
  """Of first order in the step: -1 / sqrt(2 pi) of it, where the gradient of
  the entropy is positive.
  """
  step = 1e-3
  corrected = entropy.corrected(_identity, step, positive=True)
  x = np.linspace(0.1, 4.0, 40)
  epsilon = (corrected(x) - x) / (x * np.exp(-(x**2) / 2))
  expected = -step / math.sqrt(2 * math.pi)
  np.testing.assert_allclose(epsilon, expected, rtol=2e-3)


def test_a_correction_that_has_no_inverse_is_an_error() -> None:
  with pytest.raises(ValueError, match="a step of -20 the corrected inverse"):
    entropy.corrected(_identity, -20.0)
