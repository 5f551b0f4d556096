"""Activations with parameters: exact facts about their first values."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from evolve import activations, candidates, language
from evolve.activations import ACTIVATIONS, PARAMETRIC
from evolve.language import parameters
from harness.core.fitness import Activation
from harness.core.parameters import Share
from harness.core.trainable import Trainable

X = jnp.linspace(-3.0, 3.0, 601)


@pytest.mark.parametrize("name", [*PARAMETRIC, "crrelu"])
@pytest.mark.parametrize("share", [Share.LAYER, Share.CHANNEL])
def test_each_can_be_trained(name: str, share: Share) -> None:
  program = candidates.resolve(f"{name}:{share.value}")
  activation = program.activation()
  assert isinstance(activation, Trainable)
  x = jnp.linspace(-3.0, 3.0, 24).reshape(2, 4, 3)
  shape = (3,) if share is Share.CHANNEL else ()
  values = {n: jnp.full(shape, v) for n, v in activation.defaults.items()}
  found = activation.function(x, **values)
  np.testing.assert_allclose(found, ACTIVATIONS[name](x), rtol=1e-6)


@pytest.mark.parametrize("name", PARAMETRIC)
def test_each_is_a_program_that_starts_a_search_only_if_named(
  name: str,
) -> None:
  source = activations.source(name)
  np.testing.assert_allclose(
    language.load(source)(X), ACTIVATIONS[name](X), rtol=1e-6
  )
  assert parameters.numbers(source)
  assert name not in activations.WELL_KNOWN


def test_prelu() -> None:
  np.testing.assert_array_equal(
    ACTIVATIONS["prelu"](jnp.array([-4.0, 0.0, 3.0])), [-1.0, 0.0, 3.0]
  )


def test_swish_beta_is_swish() -> None:
  np.testing.assert_allclose(
    ACTIVATIONS["swish_beta"](X), jax.nn.swish(X), rtol=1e-6, atol=1e-7
  )


@pytest.mark.parametrize(
  ("name", "original", "error"),
  [
    ("pau_leaky_relu", lambda x: jnp.where(x > 0, x, 0.01 * x), 0.034),
    ("pau_swish", jax.nn.swish, 5e-5),
  ],
)
def test_pade_units_fit_what_they_start_from(
  name: str, original: Activation, error: float
) -> None:
  difference = float(jnp.abs(ACTIVATIONS[name](X) - original(X)).max())
  assert difference < error * 1.02


def test_pade_units_have_no_poles() -> None:
  coefficients = {"b1": -3.0, "b2": 2.0, "b3": -5.0, "b4": 1.0}
  values = ACTIVATIONS["pau_swish"](X, **coefficients)
  assert jnp.isfinite(values).all()


def test_crrelu_as_published() -> None:
  crrelu = ACTIVATIONS["crrelu"]
  epsilon = 0.3
  assert crrelu(jnp.float32(-1.0), epsilon) == pytest.approx(
    -epsilon * np.exp(-0.5)
  )
  slope = jax.grad(crrelu, argnums=1)(jnp.float32(1.7), epsilon)
  assert slope == pytest.approx(1.7 * np.exp(-(1.7**2) / 2))


def test_crrelu_moments_of_a_gaussian() -> None:
  x = jnp.linspace(-12.0, 12.0, 200_001)
  density = jnp.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
  y = ACTIVATIONS["crrelu"](x)
  mean = jnp.trapezoid(y * density, x)
  square = jnp.trapezoid(y**2 * density, x)
  assert mean == pytest.approx(1 / np.sqrt(2 * np.pi), abs=1e-5)
  assert square == pytest.approx(0.5035548, abs=1e-5)


@pytest.mark.parametrize("share", [-1.0, np.exp(1.5) / 2])
def test_the_bounds_of_a_monotone_crrelu(share: float) -> None:
  """x + epsilon x exp(-x^2/2), the part for positive x."""
  x = jnp.linspace(0.0, 4.0, 100_001)

  def least_step(epsilon: float) -> float:
    return float(jnp.diff(ACTIVATIONS["crrelu"](x, epsilon)).min())

  assert least_step(share) > -1e-6
  assert least_step(share * 1.05) < -1e-6


def test_ash_is_swish_at_half_an_alpha_of_inputs_without_mean() -> None:
  x = jnp.array([[-2.0, -1.0, 3.0], [0.5, 1.0, -1.5]])
  np.testing.assert_allclose(
    ACTIVATIONS["ash"](x, 0.5), jax.nn.swish(x), rtol=1e-5
  )


def test_ash_with_a_large_alpha_keeps_the_top_share() -> None:
  x = jax.random.normal(jax.random.PRNGKey(0), (4, 100, 200))
  for z in (0.0, 1.0):
    kept = jnp.mean(ACTIVATIONS["ash"](x + 5.0, 1e4, z) != 0.0)
    assert kept == pytest.approx(scipy.stats.norm.sf(z), abs=0.01)


def test_ash_takes_each_example_for_itself() -> None:
  ash = ACTIVATIONS["ash"]
  x = jax.random.normal(jax.random.PRNGKey(0), (3, 4, 5))
  together = ash(x)
  for example, found in zip(x, together, strict=True):
    np.testing.assert_allclose(ash(example[None])[0], found, rtol=1e-5)
    np.testing.assert_allclose(
      ash(example.ravel()), found.ravel(), rtol=1e-4, atol=1e-6
    )
