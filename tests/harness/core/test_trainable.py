"""Activations whose parameters are trained with the network."""

from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core import parameters, trainable
from harness.core.parameters import Learned, Share
from harness.core.trainable import Trainable
from tasks.imagenet.recipes import RECIPES


def _swish(x: jax.Array, beta: Any = 1.0, w: Any = 0.5) -> jax.Array:
  return x * jax.nn.sigmoid(beta * x) + w


def _activation(share: Share) -> Trainable:
  return Trainable(_swish, {"beta": 1.0, "w": 0.5}, share)


class _Layer(hk.Module):
  """A layer with two sites."""

  def __init__(self, activation: Trainable):
    super().__init__(name="layer")
    self._activation = activation
    self._linear = hk.Linear(3)

  def __call__(self, x: jax.Array) -> jax.Array:
    return self._activation(self._activation(self._linear(x)))


def _network(share: Share) -> Any:
  """A layer that is called again, and in a loop."""

  def run(x: jax.Array) -> jax.Array:
    layer = _Layer(_activation(share))
    x, _ = hk.scan(lambda x, _: (layer(x), None), layer(x), jnp.arange(2))
    return x

  return hk.without_apply_rng(hk.transform(run))


X = jnp.linspace(-2.0, 2.0, 12).reshape(4, 3)


@pytest.mark.parametrize(
  ("share", "shape"), [(Share.LAYER, ()), (Share.CHANNEL, (3,))]
)
def test_each_site_has_parameters_of_its_own(
  share: Share, shape: tuple[int, ...]
) -> None:
  """Calls of a layer share them."""
  params = _network(share).init(jax.random.PRNGKey(0), X)
  sites = trainable.of_sites(params)
  assert list(sites) == ["layer/activation", "layer/activation_1"]
  for site in sites.values():
    assert {name: value.shape for name, value in site.items()} == {
      "beta": shape,
      "w": shape,
    }
    np.testing.assert_array_equal(site["beta"], 1.0)
    np.testing.assert_array_equal(site["w"], 0.5)


def test_the_first_values_are_those_of_the_frozen_activation() -> None:
  network = _network(Share.CHANNEL)
  params = network.init(jax.random.PRNGKey(0), X)
  activation = _activation(Share.CHANNEL)

  def frozen(x: jax.Array) -> jax.Array:
    linear = params["layer/~/linear"]
    for _ in range(3):
      x = activation.frozen(x @ linear["w"] + linear["b"])
      x = activation.frozen(x)
    return x

  np.testing.assert_allclose(network.apply(params, X), frozen(X), rtol=1e-5)


def test_gradients_reach_every_parameter() -> None:
  network = _network(Share.LAYER)
  params = network.init(jax.random.PRNGKey(0), X)
  gradients = jax.grad(lambda p: jnp.sum(network.apply(p, X)))(params)
  for site in trainable.of_sites(gradients).values():
    for value in site.values():
      assert abs(value) > 0


def test_weight_decay_leaves_them_alone() -> None:
  """Even one that is called w, as weights are."""
  params = _network(Share.LAYER).init(jax.random.PRNGKey(0), X)
  optimiser = RECIPES["digits"].optimiser(10)
  zeros = jax.tree.map(jnp.zeros_like, params)
  state = optimiser.init(params)
  for _ in range(2):  # The first step of a warm-up has no length.
    updates, state = optimiser.update(zeros, state, params)
  assert jnp.any(updates["layer/~/linear"]["w"] != 0)
  assert updates["layer/activation"] == {"beta": 0.0, "w": 0.0}


def test_what_was_learned_is_summed_up_over_sites() -> None:
  params = {
    "net/activation": {"beta": jnp.array([1.0, 3.0]), "w": jnp.array(0.5)},
    "net/activation_1": {"beta": jnp.array([2.0]), "w": jnp.array(0.5)},
    "net/linear": {"w": jnp.array(7.0)},
  }
  found = trainable.learned(_activation(Share.LAYER), params, params)
  deviation = float(np.std([1.0, 3.0, 2.0]))
  assert found == {
    "beta": Learned(1.0, 2.0, pytest.approx(deviation)),
    "w": Learned(0.5, 0.5, 0.0),
  }
  assert parameters.from_json(parameters.to_json(found)) == found


def test_others_learn_nothing() -> None:
  assert trainable.learned(jnp.tanh, {"net/linear": {"w": X}}) == {}


def test_values_of_trainings_that_diverged_are_left_out() -> None:
  params = {
    "net/activation": {"beta": jnp.array([1.0, jnp.nan]), "w": jnp.array(0.5)},
    "net/activation_1": {
      "beta": jnp.array([jnp.inf, 3.0]),
      "w": jnp.array(0.5),
    },
  }
  found = trainable.learned(_activation(Share.LAYER), params)
  assert found["beta"] == Learned(1.0, 2.0, 1.0, 0.5)
  assert found["w"].lost == 0.0
  assert parameters.from_json(parameters.to_json(found)) == found


def test_values_that_are_not_finite_are_null_in_a_record() -> None:
  lost = trainable.learned(
    _activation(Share.LAYER), {"activation": {"beta": jnp.nan, "w": jnp.nan}}
  )
  record = parameters.to_json(lost)["beta"]
  assert record == {"first": 1.0, "mean": None, "deviation": None, "lost": 1.0}
  assert np.isnan(parameters.from_json({"beta": record})["beta"].mean)
  # Before their share was known.
  del record["lost"]
  assert np.isnan(parameters.from_json({"beta": record})["beta"].lost)


def test_outside_of_a_network_it_says_what_is_missing() -> None:
  with pytest.raises(ValueError, match="leave them frozen"):
    _activation(Share.LAYER)(X)


@pytest.mark.parametrize(
  ("module", "is_site"),
  [
    ("activation", True),
    ("net/~/mlp/activation_12", True),
    ("net/activation/linear", False),
    ("net/activation_x", False),
    ("my_activation", False),
  ],
)
def test_sites_are_known_by_their_names(module: str, is_site: bool) -> None:
  assert trainable.is_site(module) is is_site
