from collections import Counter
from collections.abc import Iterator
from typing import Any

import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
import pytest

from tasks.lab.networks import FAMILIES, MLP_INPUTS, NODE_FEATURES

GRAPHS = ("pooling", "processor")

BATCH, SIZE = 3, 5
AFFINE = {
  "add", "broadcast_in_dim", "concatenate", "convert_element_type", "div",
  "dot_general", "mul", "reduce_sum", "reshape", "squeeze",
}  # fmt: skip
# Beyond the activation: the maximum over neighbours and over nodes, masked.
MASKED_MAX = {"gt", "select_n", "reduce_max", "reduce_or"}
DECLARED = {
  "mlp": set(),
  "pooling": MASKED_MAX,
  # The number of the round, against the size of the instance.
  "processor": MASKED_MAX | {"iota", "lt"},
}
CALLS = {"jit", "pjit", "closed_call", "scan"}
SITES = {
  "mlp": 3,
  # Encoder, messages and update in each of two rounds, readout.
  "pooling": 1 + 2 * 2 + 1,
  # The rounds share their weights, and so their sites.
  "processor": 1 + 2 + 1,
}  # fmt: skip
APPLY = {
  name: jax.jit(FAMILIES[name].transform(jnp.tanh).apply) for name in GRAPHS
}


def _inputs(family: str) -> dict[str, np.ndarray]:
  rng = np.random.default_rng(0)
  if family == "mlp":
    shapes: dict[str, tuple[int, ...]] = {"x": (BATCH, MLP_INPUTS)}
  else:
    shapes = {
      "nodes": (BATCH, SIZE, NODE_FEATURES),
      "edges": (BATCH, SIZE, SIZE),
      "joined": (BATCH, SIZE, SIZE),
      "mask": (BATCH, SIZE),
    }
  inputs = {k: rng.normal(size=s).astype(np.float32) for k, s in shapes.items()}
  if family in GRAPHS:
    inputs["joined"] = (inputs["joined"] > 0).astype(np.float32)
    inputs["mask"] = np.ones_like(inputs["mask"])
  return inputs


def _params(family: str, inputs: dict[str, np.ndarray]) -> Any:
  """Weights and biases, none of them zero."""
  rng = np.random.default_rng(1)
  init = FAMILIES[family].transform(jnp.tanh).init
  return jax.tree.map(
    lambda leaf: np.float32(rng.normal(size=leaf.shape) / leaf.shape[0] ** 0.5),
    jax.eval_shape(init, jax.random.key(0), inputs),
  )


def _primitives(jaxpr: jax.extend.core.Jaxpr) -> Iterator[str]:
  """The primitives of a traced function, and of the functions it calls."""
  for equation in jaxpr.eqns:
    yield equation.primitive.name
    for leaf in jax.tree.leaves(list(equation.params.values())):
      if isinstance(leaf, jax.extend.core.ClosedJaxpr):
        yield from _primitives(leaf.jaxpr)
      elif isinstance(leaf, jax.extend.core.Jaxpr):
        yield from _primitives(leaf)


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_but_the_activation_is_nonlinear(family: str) -> None:
  inputs = _inputs(family)
  params = _params(family, inputs)
  apply = FAMILIES[family].transform(lambda x: x).apply
  found = set(_primitives(jax.make_jaxpr(apply)(params, inputs).jaxpr))
  assert "dot_general" in found
  assert found - AFFINE - CALLS == DECLARED[family]


def test_a_hidden_nonlinearity_would_be_found() -> None:
  traced = jax.make_jaxpr(lambda x: jax.nn.relu(x) + jax.nn.gelu(x))(1.0)
  assert {"max", "tanh"} <= set(_primitives(traced.jaxpr))


def test_the_mlp_is_affine_with_the_identity() -> None:
  x = _inputs("mlp")["x"]
  params = _params("mlp", {"x": x})
  apply = FAMILIES["mlp"].transform(lambda x: x).apply
  zero, one, two = (apply(params, {"x": k * x}) for k in (0, 1, 2))
  np.testing.assert_allclose(two - zero, 2 * (one - zero), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_activation_is_at_every_site(family: str) -> None:
  """The output depends on what the activation does at each call of it."""
  inputs = _inputs(family)
  params = _params(family, inputs)

  calls: Counter[str] = Counter()

  @jax.jit
  def outputs(changed: int) -> jax.Array:
    def activation(x: jax.Array) -> jax.Array:
      calls["all"] += 1
      return jnp.tanh(x) + 0.5 * (calls["all"] - 1 == changed)

    return FAMILIES[family].transform(activation).apply(params, inputs)

  plain = outputs(-1)
  assert calls["all"] == SITES[family]
  for site in range(SITES[family]):
    assert np.abs(outputs(site) - plain).max() > 1e-3


@pytest.mark.parametrize("family", GRAPHS)
def test_the_order_of_nodes_changes_nothing(family: str) -> None:
  """Answers of nodes follow them."""
  inputs = _inputs(family)
  params = _params(family, inputs)
  order = np.array([3, 0, 4, 1, 2])
  permuted = {
    "nodes": inputs["nodes"][:, order],
    "edges": inputs["edges"][:, order][:, :, order],
    "joined": inputs["joined"][:, order][:, :, order],
    "mask": inputs["mask"],
  }
  rows = np.array([0, *(1 + order)])
  expected = APPLY[family](params, inputs)[:, rows]
  found = APPLY[family](params, permuted)
  np.testing.assert_allclose(found, expected, atol=1e-5)
  # The joined nodes matter all the same.
  rewired = permuted | {"joined": inputs["joined"]}
  assert np.abs(APPLY[family](params, rewired) - expected).max() > 1e-3


@pytest.mark.parametrize("family", GRAPHS)
@pytest.mark.parametrize("size", [6, 12])
def test_padding_changes_nothing(family: str, size: int) -> None:
  """Not even if it holds garbage; the same weights read any size."""
  inputs = _inputs(family)
  params = _params(family, inputs)
  pad = size - SIZE
  row = ((0, 0), (0, pad))
  square = ((0, 0), (0, pad), (0, pad))
  padded = {
    "nodes": np.pad(inputs["nodes"], (*row, (0, 0)), constant_values=7),
    "edges": np.pad(inputs["edges"], square, constant_values=-7),
    "joined": np.pad(inputs["joined"], square),
    "mask": np.pad(inputs["mask"], row),
  }
  found = APPLY[family](params, padded)[:, : 1 + SIZE]
  np.testing.assert_allclose(found, APPLY[family](params, inputs), atol=1e-5)


@pytest.mark.parametrize("family", GRAPHS)
def test_examples_of_a_batch_are_independent(family: str) -> None:
  inputs = _inputs(family)
  params = _params(family, inputs)
  alone = {k: v[1:2] for k, v in inputs.items()}
  expected = APPLY[family](params, inputs)[1:2]
  np.testing.assert_allclose(APPLY[family](params, alone), expected, atol=1e-5)


def test_a_processor_has_as_many_rounds_as_nodes() -> None:
  """On a path, news from one end reach the other."""
  inputs = _inputs("processor")
  links = np.eye(SIZE, k=1) + np.eye(SIZE, k=-1)
  inputs["joined"] = np.tile(links, (BATCH, 1, 1)).astype(np.float32)
  for family, reaches in (("processor", True), ("pooling", False)):
    params = _params(family, inputs)
    told = inputs | {"nodes": inputs["nodes"].copy()}
    told["nodes"][:, 0] += 3
    last = slice(SIZE, None)
    before, after = (APPLY[family](params, i)[:, last] for i in (inputs, told))
    assert (np.abs(before - after).max() > 1e-6) == reaches


@pytest.mark.parametrize("family", GRAPHS)
def test_a_graph_without_edges_is_finite(family: str) -> None:
  inputs = _inputs(family)
  inputs["joined"] = np.zeros_like(inputs["joined"])
  params = _params(family, inputs)
  apply = APPLY[family]
  gradients = jax.jit(jax.grad(lambda p: jnp.sum(apply(p, inputs))))(params)
  leaves = jax.tree.leaves(gradients)
  assert leaves
  assert all(np.isfinite(leaf).all() for leaf in leaves)
