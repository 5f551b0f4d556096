"""One step of upstream's encode-process-decode network.

It computes the step of `clrs._src.nets.Net` for the settings of the protocol:
hints are encoded and decoded, without dropout or LSTM.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import clrs
import haiku as hk
import jax
import jax.numpy as jnp
from clrs._src import decoders, encoders, nets

_POINTERS = {clrs.Type.PERMUTATION_POINTER: clrs.Type.POINTER}

# Logits, or the soft values that belong to them, by name.
Predictions = dict[str, jax.Array]


class Encoded(NamedTuple):
  """Encoded inputs of the processor, with F features each.

  Attributes:
    nodes: [B, n, F].
    edges: [B, n, n, F].
    graph: [B, F].
    adjacency: [B, n, n], 1 where nodes are adjacent.
  """

  nodes: jax.Array
  edges: jax.Array
  graph: jax.Array
  adjacency: jax.Array


class Step(NamedTuple):
  """Results of one step of a trajectory.

  Attributes:
    hidden: [B, n, F].
    logits: of the hints and outputs that were to be decoded.
  """

  hidden: jax.Array
  logits: Predictions


class Network(nets.Net):
  """The step of one algorithm; the arguments are upstream's.

  The modules are made once and have upstream's names.
  """

  @hk.transparent
  def build(self) -> None:
    """Makes the modules, in upstream's order."""
    self._spec = self.spec[0]
    self._without_permutations = {
      name: (stage, location, _POINTERS.get(type_, type_))
      for name, (stage, location, type_) in self._spec.items()
    }
    construct: Any = self._construct_encoders_decoders
    (self._encoders,), (self._decoders,) = construct()
    self.processor = self.processor_factory(self.hidden_dim)

  @hk.transparent
  def start(self, features: clrs.Features) -> tuple[Encoded, Predictions]:
    """Encoded inputs, the same for all steps, and the softened first hints."""
    inputs = self._encode(features.inputs, self._no_features(features))
    return inputs, self._first(features)

  @hk.transparent
  def step(
    self,
    inputs: Encoded,
    hints: Predictions,
    hidden: jax.Array,
    names: Collection[str],
  ) -> Step:
    """One step.

    Args:
      inputs: encoded inputs.
      hints: soft values, from the step before.
      hidden: [B, n, F], from the step before.
      names: of the hints and outputs to decode; permutations are decoded as
        pointers.
    """
    points = [self._point(name, data) for name, data in hints.items()]
    node_fts, edge_fts, graph_fts, adj_mat = self._encode(points, inputs)
    next_hidden, next_edges = self.processor(
      node_fts, edge_fts, graph_fts, adj_mat, hidden
    )
    if next_edges is not None:
      edge_fts = jnp.concatenate([edge_fts, next_edges], axis=-1)
    decoded = decoders.decode_fts(
      decoders={n: d for n, d in self._decoders.items() if n in names},
      spec=self._without_permutations,
      h_t=jnp.concatenate([node_fts, hidden, next_hidden], axis=-1),
      adj_mat=adj_mat,
      edge_fts=edge_fts,
      graph_fts=graph_fts,
      inf_bias=self.processor.inf_bias,
      inf_bias_edge=self.processor.inf_bias_edge,
      repred=True,
    )
    predicted, outputs = decoded
    return Step(next_hidden, predicted | outputs)

  @hk.transparent
  def _no_features(self, features: clrs.Features) -> Encoded:
    """Zeros, with every node adjacent to itself."""
    batch, nodes = nets._data_dimensions(features)
    width = self.hidden_dim
    return Encoded(
      jnp.zeros((batch, nodes, width)),
      jnp.zeros((batch, nodes, nodes, width)),
      jnp.zeros((batch, width)),
      jnp.repeat(jnp.eye(nodes)[None], batch, axis=0),
    )

  @hk.transparent
  def _encode(self, points: Any, onto: Encoded) -> Encoded:
    """Adds the encodings of points to `onto`."""
    node_fts, edge_fts, graph_fts, adj_mat = onto
    for point in points:
      point = encoders.preprocess(point, node_fts.shape[1])
      adj_mat = encoders.accum_adj_mat(point, adj_mat)
      encoder = self._encoders[point.name]
      edge_fts = encoders.accum_edge_fts(encoder, point, edge_fts)
      node_fts = encoders.accum_node_fts(encoder, point, node_fts)
      graph_fts = encoders.accum_graph_fts(encoder, point, graph_fts)
    return Encoded(node_fts, edge_fts, graph_fts, adj_mat)

  @hk.transparent
  def _first(self, features: clrs.Features) -> Predictions:
    """The given first hints, in the form of softened predictions."""
    hints = {}
    for hint in features.hints:
      data = jnp.asarray(hint.data)[0]
      if hint.type_ == clrs.Type.POINTER:
        data = hk.one_hot(data, nets._data_dimensions(features)[1])
      hints[hint.name] = data.astype(jnp.float32)
    return hints

  @hk.transparent
  def _point(self, name: str, data: jax.Array) -> clrs.DataPoint:
    _, location, type_ = self._spec[name]
    if type_ == clrs.Type.POINTER:
      type_ = clrs.Type.SOFT_POINTER
    return clrs.DataPoint(name, location, type_, data)
