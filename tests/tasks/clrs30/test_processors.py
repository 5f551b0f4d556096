"""With ReLU the processors equal upstream's; otherwise no ReLU remains."""

from collections.abc import Iterator
from typing import Any

import haiku as hk
import jax
import jax.extend.core
import jax.numpy as jnp
import numpy as np
import pytest
from clrs._src import processors as upstream

from harness.core.errors import UserError
from tasks.clrs30.processors import (
  DESIGNS,
  NUM_TRIPLET_FEATURES,
  Processor,
  Sites,
  design_of,
)

B, N, F = 2, 5, 16
# Sites that upstream's activation argument reaches, and all sites: the message
# MLP has two of them, a gate one.
REACHED = {
  "deepsets": (1, 3),
  "gmpnn": (1, 4),
  "mpnn": (1, 3),
  "pgn": (1, 3),
  "triplet_gmpnn": (2, 5),
  "triplet_mpnn": (2, 4),
  "triplet_pgn": (2, 4),
}
# A maximum is an aggregation or, in hidden guise, a ReLU.
NONLINEAR = {
  "max", "custom_jvp_call", "tanh", "exp", "erf", "logistic", "integer_pow",
  "pow", "min", "clamp", "sin", "cos", "log", "sign", "abs",
}  # fmt: skip


@pytest.fixture(scope="module")
def features() -> dict[str, jax.Array]:
  rng = np.random.default_rng(0)
  shapes = {
    "node_fts": (B, N, F),
    "edge_fts": (B, N, N, F),
    "graph_fts": (B, F),
    "hidden": (B, N, F),
  }
  drawn = {name: rng.normal(size=shape) for name, shape in shapes.items()}
  drawn["adj_mat"] = np.eye(N) + (rng.random((B, N, N)) < 0.4) > 0
  return {k: jnp.asarray(v, jnp.float32) for k, v in drawn.items()}


def _ours(
  name: str, activation: Any, sites: Sites = Sites.ALL
) -> hk.Transformed:
  return hk.without_apply_rng(
    hk.transform(
      lambda **fts: Processor(design_of(name), F, activation, sites)(**fts)
    )
  )


def _theirs(name: str) -> hk.Transformed:
  factory = upstream.get_processor_factory(
    name, use_ln=True, nb_triplet_fts=NUM_TRIPLET_FEATURES
  )
  return hk.without_apply_rng(hk.transform(lambda **fts: factory(F)(**fts)))


def _params(transformed: hk.Transformed, features: Any) -> Any:
  """Random parameters, none at its initial value."""
  rng = np.random.default_rng(1)
  shapes = jax.eval_shape(transformed.init, jax.random.key(0), **features)
  return jax.tree.map(
    lambda leaf: jnp.asarray(rng.normal(size=leaf.shape) / 4, jnp.float32),
    shapes,
  )


@pytest.mark.parametrize("sites", Sites)
@pytest.mark.parametrize("name", DESIGNS)
def test_outputs_with_relu_are_upstreams(
  name: str, sites: Sites, features: dict[str, jax.Array]
) -> None:
  theirs = _theirs(name)
  ours = _ours(name, jax.nn.relu, sites)
  params = _params(theirs, features)
  mine = jax.eval_shape(ours.init, jax.random.key(0), **features)
  assert jax.tree.map(jnp.shape, mine) == jax.tree.map(jnp.shape, params)
  for found, expected in zip(
    ours.apply(params, **features),
    theirs.apply(params, **features),
    strict=True,
  ):
    if expected is None:
      assert found is None
    else:
      np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", DESIGNS)
def test_initial_weights_are_upstreams(
  name: str, features: dict[str, jax.Array]
) -> None:
  key = jax.random.key(3)
  ours = _ours(name, jax.nn.relu).init(key, **features)
  theirs = _theirs(name).init(key, **features)
  assert jax.tree.all(jax.tree.map(jnp.array_equal, ours, theirs))


@pytest.mark.parametrize("name", DESIGNS)
def test_the_activation_reaches_every_declared_site(
  name: str, features: dict[str, jax.Array]
) -> None:
  for sites, expected in zip(
    (Sites.UPSTREAM, Sites.ALL), REACHED[name], strict=True
  ):
    calls = []

    def activation(x: jax.Array, calls: list[Any] = calls) -> jax.Array:
      calls.append(x.shape)
      return jnp.tanh(x)

    jax.eval_shape(
      _ours(name, activation, sites).init, jax.random.key(0), **features
    )
    assert len(calls) == expected


@pytest.mark.parametrize("name", DESIGNS)
def test_the_identity_leaves_no_other_nonlinearity(
  name: str, features: dict[str, jax.Array]
) -> None:
  identity = _ours(name, lambda x: x)
  params = _params(identity, features)
  jaxpr = jax.make_jaxpr(lambda p, f: identity.apply(p, **f))(params, features)
  found = [p for p in _primitives(jaxpr.jaxpr) if p in NONLINEAR]
  # The gate itself is a sigmoid, no site.
  assert found == ["logistic"] * design_of(name).gated


def _primitives(jaxpr: jax.extend.core.Jaxpr) -> Iterator[str]:
  for equation in jaxpr.eqns:
    inside = list(jax.extend.core.jaxprs_in_params(equation.params))
    if equation.primitive.name not in ("jit", "pjit") or not inside:
      yield equation.primitive.name
    for inner in inside:
      yield from _primitives(inner)


def test_an_unknown_processor_is_an_error() -> None:
  with pytest.raises(UserError, match="triplet_gmpnn"):
    design_of("triplet_gmpn")
