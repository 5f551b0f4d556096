"""The processors of CLRS-30, with the caller's activation at named sites.

Message passing on a graph of n nodes, as in dm-clrs 2.0.3: between all nodes in
MPNN (Gilmer et al., ICML 2017), between nodes that the algorithm's adjacency
connects in PGN (Velickovic et al., NeurIPS 2020), from each node to itself in
deep sets (Zaheer et al., NeurIPS 2017). The triplet variants add edge features
(Dudzik and Velickovic, 2022), the gated ones a gate for the update (Ibarz et
al., arXiv 2209.11142).

Parameters have upstream's names and shapes, so weights can be exchanged.
"""

import dataclasses
import enum

import haiku as hk
import jax
import jax.numpy as jnp

from harness.core.errors import unknown
from harness.core.fitness import Activation

NUM_TRIPLET_FEATURES = 8  # Ibarz et al., appendix.
_NO_MESSAGE = -1e6  # Message received by a node without neighbours.
_CLOSED_GATE = -3.0  # Bias of a gate, which starts almost closed.


class Senders(enum.Enum):
  """The nodes from which a node receives messages."""

  ALL = "all"
  ADJACENT = "adjacent"
  SELF = "self"


class Sites(enum.StrEnum):
  """The sites of the activation, which are ReLU in the published processors.

  ALL: every ReLU of the processor. UPSTREAM: only those that the `activation`
  argument of upstream's processors reaches, at the triplet messages and the
  output; the message MLP and the gate keep ReLU.
  """

  ALL = "all"
  UPSTREAM = "upstream"


@dataclasses.dataclass(frozen=True)
class Design:
  """The properties in which processors differ."""

  senders: Senders
  triplets: bool = False
  gated: bool = False


DESIGNS = {
  "deepsets": Design(Senders.SELF),
  "gmpnn": Design(Senders.ALL, gated=True),
  "mpnn": Design(Senders.ALL),
  "pgn": Design(Senders.ADJACENT),
  "triplet_gmpnn": Design(Senders.ALL, triplets=True, gated=True),
  "triplet_mpnn": Design(Senders.ALL, triplets=True),
  "triplet_pgn": Design(Senders.ADJACENT, triplets=True),
}


def design_of(name: str) -> Design:
  """The design of a processor.

  Raises:
    UserError: the name is unknown.
  """
  if name not in DESIGNS:
    raise unknown("processor", name, DESIGNS)
  return DESIGNS[name]


class Processor(hk.Module):
  """One step of message passing.

  Attributes:
    inf_bias, inf_bias_edge: true if decoders are to rule out pairs that are
      not adjacent; upstream's network reads them.
  """

  inf_bias = False
  inf_bias_edge = False

  def __init__(
    self,
    design: Design,
    width: int,
    activation: Activation,
    sites: Sites = Sites.ALL,
    name: str = "mpnn_aggr_clrs_processor",
  ):
    super().__init__(name=name)
    self._design = design
    self._width = width
    self._activation = activation
    # In the message MLP and the gate.
    self._inner = activation if sites is Sites.ALL else jax.nn.relu

  def __call__(
    self,
    node_fts: jax.Array,
    edge_fts: jax.Array,
    graph_fts: jax.Array,
    adj_mat: jax.Array,
    hidden: jax.Array,
    **unused: object,
  ) -> tuple[jax.Array, jax.Array | None]:
    """Maps features and the last hidden states to the next ones.

    Args:
      node_fts: [B, n, F].
      edge_fts: [B, n, n, F].
      graph_fts: [B, F].
      adj_mat: [B, n, n], 1 where nodes are adjacent.
      hidden: [B, n, F].
      **unused: upstream's arguments for other processors.

    Returns:
      Hidden states [B, n, width], and edge features [B, n, n, width] of the
      triplet variants.
    """
    states = jnp.concatenate([node_fts, hidden], axis=-1)
    messages = self._messages(states, edge_fts, graph_fts)
    to_output = self._linear(), self._linear()
    edges = None
    if self._design.triplets:
      edges = self._triplets(states, edge_fts, graph_fts)
    mlp = hk.nets.MLP([self._width] * 2, activation=self._inner)
    received = self._greatest(mlp(self._inner(messages)), adj_mat)
    output = self._activation(to_output[0](states) + to_output[1](received))
    output = hk.LayerNorm(axis=-1, create_scale=True, create_offset=True)(
      output
    )
    if self._design.gated:
      gate = self._gate(states, received)
      output = output * gate + hidden * (1 - gate)
    return output, edges

  @hk.transparent
  def _linear(self) -> hk.Linear:
    return hk.Linear(self._width)

  @hk.transparent
  def _messages(
    self, states: jax.Array, edge_fts: jax.Array, graph_fts: jax.Array
  ) -> jax.Array:
    """Inputs of the message MLP, [B, n, n, width], from node j to i at j, i."""
    received, sent = self._linear()(states), self._linear()(states)
    weighed, common = self._linear()(edge_fts), self._linear()(graph_fts)
    return (
      received[:, None] + sent[:, :, None] + weighed + common[:, None, None]
    )

  @hk.transparent
  def _triplets(
    self, states: jax.Array, edge_fts: jax.Array, graph_fts: jax.Array
  ) -> jax.Array:
    """Edge features [B, n, n, width]: the maximum over the triplets of an edge.

    A triplet (i, j, k) belongs to the edge from j to k; only three of its seven
    terms depend on i, over which the maximum is taken.
    """

    def linear(x: jax.Array) -> jax.Array:
      outputs: jax.Array = hk.Linear(NUM_TRIPLET_FEATURES)(x)
      return outputs

    of_i, of_j, of_k = (linear(states) for _ in range(3))
    of_ij, of_ik, of_jk = (linear(edge_fts) for _ in range(3))
    common = linear(graph_fts)
    of_i_and_j = of_i[:, :, None] + of_ij
    triplets = of_i_and_j[:, :, :, None] + of_ik[:, :, None]  # [B, i, j, k, 8]
    of_j_and_k = of_j[:, :, None] + of_k[:, None] + of_jk
    greatest = jnp.max(triplets, axis=1) + of_j_and_k + common[:, None, None]
    edges: jax.Array = self._activation(self._linear()(greatest))
    return edges

  def _greatest(self, messages: jax.Array, adj_mat: jax.Array) -> jax.Array:
    """The maximum over senders, [B, n, width]."""
    if self._design.senders is Senders.ALL:
      return jnp.max(messages, axis=1)
    adjacent = adj_mat
    if self._design.senders is Senders.SELF:
      adjacent = jnp.broadcast_to(jnp.eye(adj_mat.shape[-1]), adj_mat.shape)
    return jnp.max(
      jnp.where(adjacent[..., None] != 0, messages, _NO_MESSAGE), axis=1
    )

  @hk.transparent
  def _gate(self, states: jax.Array, received: jax.Array) -> jax.Array:
    """The share of the update in the new state, [B, n, width]."""
    mixed = self._linear()(states) + self._linear()(received)
    last = hk.Linear(self._width, b_init=hk.initializers.Constant(_CLOSED_GATE))
    return jax.nn.sigmoid(last(self._inner(mixed)))
