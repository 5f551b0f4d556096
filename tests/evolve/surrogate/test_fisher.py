"""K-FAC against exact blocks of the Fisher information."""

from collections.abc import Callable, Iterator
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from evolve.surrogate.fisher import NUM_BINS, Fisher, Network

_CLASSES = 3
KEY = jax.random.PRNGKey(0)


@pytest.fixture(autouse=True)
def _double_precision() -> Iterator[None]:
  with jax.enable_x64(True):
    yield


def _mlp(activation: Any) -> Callable[[jax.Array], jax.Array]:
  return hk.nets.MLP([6, _CLASSES], activation=activation, name="mlp")


def _conv(activation: Any) -> Callable[[jax.Array], jax.Array]:
  """One convolution over the whole image."""

  def run(x: jax.Array) -> jax.Array:
    y = hk.Conv2D(5, 3, padding="VALID", name="conv")(x)
    return hk.Linear(_CLASSES, name="out")(activation(y[:, 0, 0]))

  return run


def _loop(activation: Any, unroll: bool) -> Callable[[jax.Array], jax.Array]:
  def run(x: jax.Array) -> jax.Array:
    layer = hk.Linear(4, name="step")

    def step(state: jax.Array, _: Any) -> tuple[jax.Array, None]:
      return activation(layer(state)), None

    if unroll:
      for _ in range(3):
        x, _ = step(x, None)
    else:
      x, _ = hk.scan(step, x, None, length=3)
    return x[:, :_CLASSES]

  return run


def _network(
  build: Callable[..., Any], shape: tuple[int, ...], num_examples: int
) -> Network:
  of_x, of_y = jax.random.split(jax.random.PRNGKey(1))
  x = jax.random.normal(of_x, (num_examples, *shape), float)
  labels = jax.random.randint(of_y, (num_examples,), 0, _CLASSES)

  def loss(logits: jax.Array) -> jax.Array:
    return -jnp.take_along_axis(
      jax.nn.log_softmax(logits), labels[:, None], axis=1
    ).sum()

  return Network(build, x, loss)


def _gradients(fisher: Fisher, network: Network) -> list[dict[str, np.ndarray]]:
  """Of the loss of each example, by layer: [d, e] with the bias last."""

  def loss(params: Any, x: jax.Array, i: int) -> jax.Array:
    logits, _ = fisher._transformed(jnp.tanh, lambda m, a, y: y).apply(
      params, {}, KEY, x
    )
    # The loss takes the whole batch: others have no gradient.
    whole = jax.lax.stop_gradient(
      jnp.zeros((network.batch_size, _CLASSES), x.dtype)
    )
    return network.loss(whole.at[i].set(logits[0]))

  found = []
  for i in range(network.batch_size):
    grads = jax.grad(loss)(fisher._params, network.inputs[i : i + 1], i)
    found.append(
      {
        name: np.concatenate([np.reshape(g["w"], (-1, g["w"].shape[-1])),
                              g["b"][None]])
        for name, g in grads.items()
      }
    )  # fmt: skip
  return found


def test_of_one_example_a_dense_block_is_exact() -> None:
  network = _network(_mlp, (4,), 1)
  fisher = Fisher(network, KEY)
  assert fisher.layers == ("mlp/~/linear_0", "mlp/~/linear_1")
  assert list(fisher.num_weights.values()) == [5 * 6, 7 * _CLASSES]
  (exact,) = _gradients(fisher, network)
  for name, sums in fisher.factors(jnp.tanh).items():
    flat = exact[name].ravel()
    np.testing.assert_allclose(
      np.kron(sums.inputs, sums.gradients), np.outer(flat, flat), atol=1e-10
    )
    assert sums.places == 1


def test_of_one_place_a_convolution_is_exact() -> None:
  network = _network(_conv, (3, 3, 2), 1)
  fisher = Fisher(network, KEY)
  (exact,) = _gradients(fisher, network)
  sums = fisher.factors(jnp.tanh)["conv"]
  assert sums.inputs.shape == (3 * 3 * 2 + 1,) * 2
  gradient = exact["conv"]
  # Patches have an order of their own.
  np.testing.assert_allclose(
    sums.gradients * jnp.trace(sums.inputs), gradient.T @ gradient, atol=1e-10
  )
  np.testing.assert_allclose(
    np.sort(np.diag(sums.inputs)) * jnp.trace(sums.gradients),
    np.sort((gradient**2).sum(1)),
    atol=1e-10,
  )


def test_a_convolution_has_all_its_places() -> None:
  def build(activation: Any) -> Callable[[jax.Array], jax.Array]:
    def run(x: jax.Array) -> jax.Array:
      y = hk.Conv2D(_CLASSES, 3, stride=2, with_bias=False, name="conv")(x)
      return y.mean((1, 2))

    return run

  network = _network(build, (6, 6, 2), 4)
  fisher = Fisher(network, KEY)
  sums = fisher.factors(jnp.tanh)["conv"]
  assert sums.places == 4 * 3 * 3
  # Each place has the ninth of a gradient of an example.
  total = jnp.trace(sums.gradients) / sums.places
  logits = jax.grad(network.loss)(
    fisher._transformed(jnp.tanh, lambda m, a, y: y).apply(
      fisher._params, {}, KEY, network.inputs
    )[0]
  )
  np.testing.assert_allclose(total, ((logits / 9) ** 2).sum() / 4, rtol=1e-9)


@pytest.mark.slow
def test_of_many_examples_a_block_is_close() -> None:
  network = _network(_mlp, (4,), 256)
  fisher = Fisher(network, KEY)
  exact = _gradients(fisher, network)
  found = fisher.log_eigenvalues(jnp.tanh)
  for name, logs in found.items():
    rows = np.stack([example[name].ravel() for example in exact])
    block = rows.T @ rows / len(rows)
    trace = float(jnp.exp(logs).sum())
    assert 0.75 < trace / np.trace(block) < 1.2
    values = np.sort(np.linalg.eigvalsh(block))[::-1]
    ours = np.sort(np.exp(logs))[::-1]
    kept = values > 1e-12 * values[0]
    both = np.log(values[kept]), np.log(ours[kept])
    assert stats.pearsonr(*both).statistic > 0.95


def test_a_loop_counts_like_its_rounds() -> None:
  looped, unrolled = (
    Fisher(_network(lambda f, u=u: _loop(f, u), (4,), 8), KEY).factors(
      jax.nn.gelu
    )["step"]
    for u in (False, True)
  )
  assert looped.places == 3 * 8
  for one, other in zip(looped, unrolled, strict=True):
    np.testing.assert_allclose(one, other, atol=1e-12)


def test_spectra_are_distribution_functions() -> None:
  fisher = Fisher(_network(_mlp, (4,), 64), KEY)
  spectra = np.asarray(jax.jit(fisher.spectra, static_argnums=0)(jnp.tanh))
  assert spectra.shape == (2, NUM_BINS)
  assert (np.diff(spectra, axis=1) >= 0).all() and (spectra[:, -1] == 1).all()
  logs = np.asarray(fisher.log_eigenvalues(jnp.tanh)["mlp/~/linear_0"])
  middle = NUM_BINS // 2  # Its right edge.
  edge = -100 + 200 * (middle + 1) / NUM_BINS
  assert spectra[0, middle] == pytest.approx((logs <= edge).mean())
  # A layer weighs as much as it has weights; a bin does not matter.
  rows = fisher.weighted(np.stack([spectra * 0, spectra * 0 + 1]))
  assert abs(rows[1] - rows[0]).sum() == pytest.approx(1)
  assert rows[1, :NUM_BINS].sum() == pytest.approx(30 / 51)


def test_without_finite_gradients_there_is_no_spectrum() -> None:
  fisher = Fisher(_network(_mlp, (4,), 8), KEY)
  spectra = fisher.spectra(lambda x: x / 0.0)
  assert np.isnan(spectra).all()
