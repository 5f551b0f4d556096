"""The networks are OGB's baselines, with the activation everywhere."""

import collections
from collections.abc import Iterator
from typing import Any

import haiku as hk
import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.molhiv.data import batches
from tasks.molhiv.data.batches import Batch, Size
from tasks.molhiv.data.features import ATOM_SIZES, BOND_KINDS, BOND_SIZES
from tasks.molhiv.data.molecules import Molecules
from tasks.molhiv.networks import MODELS, Network, design

LAYERS, WIDTH = 5, 300  # Of the baselines.
# Calls of the activation, and weights: counted by hand from OGB's example, as
# test_number_of_parameters does.
SITES = {"gin": 14, "gin_virtual": 22, "gcn": 14, "gcn_virtual": 22}
# Other nonlinear primitives: batch norms, and degrees.
RSQRT = {"gin": 10, "gin_virtual": 18, "gcn": 10, "gcn_virtual": 18}
NONLINEAR = {
  "max", "min", "exp", "tanh", "logistic", "erf", "select_n", "abs", "sign",
  "pow", "clamp", "custom_jvp_call", "custom_vjp_call",
}  # fmt: skip


def _network(
  model: str, activation: Any, layers: int = 2, width: int = 6,
  dropout: float = 0.0,
) -> hk.TransformedWithState:  # fmt: skip
  return hk.transform_with_state(
    lambda batch, is_training: Network(
      design(model),
      activation,
      layers=layers,
      hidden_size=width,
      dropout=dropout,
    )(batch, is_training)
  )


@pytest.fixture(scope="module")
def batch(molecules: Molecules) -> Batch:
  return batches.padded(molecules, np.arange(5), Size(7, 80, 160))


def _shapes(network: hk.TransformedWithState, batch: Batch) -> Any:
  return jax.eval_shape(
    lambda key: network.init(key, batch, True), jax.random.PRNGKey(0)
  )


def _drawn(shapes: Any) -> Any:
  """Random weights, none at its initial value; positive statistics."""
  rng = np.random.default_rng(1)
  params, state = shapes
  return (
    jax.tree.map(
      lambda s: jnp.asarray(rng.normal(size=s.shape), jnp.float32), params
    ),
    jax.tree.map(
      lambda s: jnp.asarray(rng.uniform(0.5, 1.5, s.shape), jnp.float32), state
    ),
  )


@pytest.mark.parametrize("model", MODELS)
def test_the_activation_is_at_every_site(model: str, batch: Batch) -> None:
  shapes = []

  def activation(x: jax.Array) -> jax.Array:
    shapes.append(x.shape)
    return jnp.tanh(x)

  network = _network(model, activation, LAYERS, WIDTH)
  _shapes(network, batch)
  assert len(shapes) == SITES[model]
  edges, atoms = (len(batch.bonds), WIDTH), (len(batch.atoms), WIDTH)
  assert shapes.count(edges) == LAYERS
  wide = (len(batch.atoms), 2 * WIDTH)
  assert shapes.count(wide) == (LAYERS if "gin" in model else 0)
  assert shapes.count(atoms) == LAYERS - 1 + (LAYERS if "gcn" in model else 0)


@pytest.mark.parametrize("is_training", [True, False])
@pytest.mark.parametrize("model", MODELS)
def test_with_the_identity_nothing_else_is_nonlinear(
  model: str, is_training: bool, batch: Batch
) -> None:
  network = _network(model, lambda x: x, LAYERS)
  jaxpr = jax.make_jaxpr(
    lambda p, s, b: network.apply(p, s, None, b, is_training)
  )(*_shapes(network, batch), batch)
  found = collections.Counter(_primitives(jaxpr.jaxpr))
  assert NONLINEAR.isdisjoint(found)
  assert found["rsqrt"] == RSQRT[model]


def _primitives(jaxpr: jax.extend.core.Jaxpr) -> Iterator[str]:
  for equation in jaxpr.eqns:
    yield equation.primitive.name
    for inner in jax.extend.core.jaxprs_in_params(equation.params):
      yield from _primitives(inner)


@pytest.mark.parametrize("model", MODELS)
def test_number_of_parameters(model: str, batch: Batch) -> None:
  def linear(rows: int, columns: int) -> int:
    return rows * columns + columns

  def norm(width: int) -> int:
    return 2 * width

  wide = 2 * WIDTH
  bonds = sum(BOND_SIZES) * WIDTH
  if "gin" in model:
    layer = bonds + 1 + linear(WIDTH, wide) + norm(wide) + linear(wide, WIDTH)
  else:
    layer = bonds + linear(WIDTH, WIDTH) + WIDTH
  expected = sum(ATOM_SIZES) * WIDTH + linear(WIDTH, 1)
  expected += LAYERS * (layer + norm(WIDTH))
  if "virtual" in model:
    step = linear(WIDTH, wide) + norm(wide) + linear(wide, WIDTH) + norm(WIDTH)
    expected += WIDTH + (LAYERS - 1) * step
  params, _ = _shapes(_network(model, jnp.tanh, LAYERS, WIDTH), batch)
  assert hk.data_structures.tree_size(params) == expected


class _ByHand:
  """A network, one molecule and one atom at a time, from OGB's description."""

  def __init__(self, model: str, params: Any, state: Any, layers: int):
    self._model, self._layers = model, layers
    self._params, self._state = (
      jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), tree)
      for tree in (params, state)
    )

  def logit(self, atoms: Any, edges: Any) -> float:
    """Of atoms' features and of edges (sender, receiver, kind)."""
    x = self._embedded("network/embeddings", atoms, ATOM_SIZES)
    node = self._params["network"]["virtual"] if self._virtual else 0.0
    for number in range(self._layers):
      x = x + node
      layer = f"network/{self._model[:3]}{self._nth(number)}"
      new = getattr(self, f"_{self._model[:3]}")(layer, x, edges)
      new = self._norm(f"network/batch_norm{self._nth(number)}", new)
      if number < self._layers - 1:
        new = np.tanh(new)
        if self._virtual:
          node = self._stepped(number, node + x.sum(axis=0))
      x = new
    return float(self._linear("network/linear", x.mean(axis=0))[0])

  @property
  def _virtual(self) -> bool:
    return "virtual" in self._model

  def _nth(self, number: int) -> str:
    return f"_{number}" if number else ""

  def _embedded(self, name: str, features: Any, sizes: Any) -> np.ndarray:
    tables = np.split(self._params[name]["table"], np.cumsum(sizes)[:-1])
    rows = [
      sum(t[f] for t, f in zip(tables, row, strict=True)) for row in features
    ]
    return np.array(rows)

  def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
    found: np.ndarray = x @ self._params[name]["w"] + self._params[name]["b"]
    return found

  def _norm(self, name: str, x: np.ndarray) -> np.ndarray:
    params, state = self._params[name], self._state[name]
    scaled = (x - state["mean"]) / np.sqrt(state["variance"] + 1e-5)
    found: np.ndarray = scaled * params["scale"] + params["offset"]
    return found

  def _messages(self, layer: str, x: np.ndarray, edges: Any) -> list[Any]:
    kinds = [BOND_KINDS[kind] for _, _, kind in edges]
    bonds = self._embedded(f"{layer}/embeddings", kinds, BOND_SIZES)
    return [
      np.tanh(x[sender] + bond)
      for (sender, _, _), bond in zip(edges, bonds, strict=True)
    ]

  def _gin(self, layer: str, x: np.ndarray, edges: Any) -> np.ndarray:
    total = (1 + self._params[layer]["epsilon"]) * x
    for message, (_, receiver, _) in zip(
      self._messages(layer, x, edges), edges, strict=True
    ):
      total[receiver] += message
    hidden = self._linear(f"{layer}/linear", total)
    hidden = np.tanh(self._norm(f"{layer}/batch_norm", hidden))
    return self._linear(f"{layer}/linear_1", hidden)

  def _gcn(self, layer: str, x: np.ndarray, edges: Any) -> np.ndarray:
    x = self._linear(f"{layer}/linear", x)
    degrees = np.ones(len(x))
    for sender, _, _ in edges:
      degrees[sender] += 1
    own = np.tanh(x + self._params[layer]["own"])
    total: np.ndarray = own / degrees[:, None]
    for message, (sender, receiver, _) in zip(
      self._messages(layer, x, edges), edges, strict=True
    ):
      total[receiver] += message / np.sqrt(degrees[sender] * degrees[receiver])
    return total

  def _stepped(self, number: int, summed: np.ndarray) -> np.ndarray:
    name = f"network/virtual_node{self._nth(number)}"
    for part in "", "_1":
      summed = self._linear(f"{name}/linear{part}", summed)
      summed = np.tanh(self._norm(f"{name}/batch_norm{part}", summed))
    return summed


@pytest.mark.parametrize("model", MODELS)
def test_logits_are_as_by_hand(
  model: str, batch: Batch, molecules: Molecules
) -> None:
  network = _network(model, jnp.tanh, layers=3)
  params, state = _drawn(_shapes(network, batch))
  apply = jax.jit(network.apply, static_argnums=4)
  found, _ = apply(params, state, None, batch, False)
  by_hand = _ByHand(model, params, state, layers=3)
  for number in range(5):
    atoms = slice(*molecules.first_atom[number : number + 2])
    edges = slice(*molecules.first_edge[number : number + 2])
    expected = by_hand.logit(
      molecules.atoms[atoms],
      list(
        zip(
          molecules.senders[edges],
          molecules.receivers[edges],
          molecules.bonds[edges],
          strict=True,
        )
      ),
    )
    assert found[number] == pytest.approx(expected, rel=1e-4, abs=1e-4)
  assert np.std(found[:5]) > 0.05


def _on_two_sizes(model: str, molecules: Molecules, wanted: Any) -> list[Any]:
  """The results of a function of weights, on more and on less padding."""
  network = _network(model, jnp.tanh)
  found = []
  for size in Size(5, 48, 96), Size(9, 100, 333):
    batch = batches.padded(molecules, np.arange(5), size)
    params, state = _drawn(_shapes(network, batch))

    def run(params: Any, state: Any = state, batch: Batch = batch) -> Any:
      logits, after = network.apply(params, state, None, batch, True)
      return (logits * batch.mask).sum(), (logits[:5], after)

    found.append(jax.jit(wanted(run))(params))
  return found


def _assert_close(found: Any, expected: Any) -> None:
  jax.tree.map(
    lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-4),
    found,
    expected,
  )


@pytest.mark.parametrize("model", ["gin_virtual", "gcn_virtual"])
def test_padding_changes_nothing_in_training(
  model: str, molecules: Molecules
) -> None:
  """Neither logits nor statistics."""
  _assert_close(*_on_two_sizes(model, molecules, lambda run: run))


@pytest.mark.slow
@pytest.mark.parametrize("model", ["gin_virtual", "gcn_virtual"])
def test_padding_changes_no_gradient(model: str, molecules: Molecules) -> None:
  def gradients(run: Any) -> Any:
    return jax.grad(run, has_aux=True)

  _assert_close(*_on_two_sizes(model, molecules, gradients))


def test_dropout_is_in_training_alone(batch: Batch) -> None:
  network = _network("gin_virtual", jnp.tanh, dropout=0.5)
  params, state = _drawn(_shapes(network, batch))
  apply = jax.jit(network.apply, static_argnums=4)

  def logits(seed: int, is_training: bool) -> np.ndarray:
    key = jax.random.PRNGKey(seed)
    return np.asarray(apply(params, state, key, batch, is_training)[0])

  assert np.abs(logits(0, True) - logits(1, True))[:5].max() > 0.01
  np.testing.assert_array_equal(logits(0, True), logits(0, True))
  np.testing.assert_array_equal(logits(0, False), logits(1, False))


def test_an_unknown_model() -> None:
  with pytest.raises(UserError, match="unknown model 'gim'; nearest: gin"):
    design("gim")
