"""The processors of CLRS-30, with the caller's activation at named sites.

Message passing on a graph of n nodes, as in dm-clrs 2.0.3: MPNN (Gilmer et al.,
ICML 2017) joins all nodes, PGN (Velickovic et al., NeurIPS 2020) those that the
algorithm's adjacency joins, deep sets (Zaheer et al., NeurIPS 2017) none. The
triplet variants add edge features (Dudzik and Velickovic, 2022), the gated ones
a gate for the update (Ibarz et al., arXiv 2209.11142).

Parameters have upstream's names and shapes, so either takes the other's.
"""

import dataclasses
import enum

import haiku as hk
import jax
import jax.numpy as jnp

from harness.core.errors import unknown
from harness.core.fitness import Activation

NUM_TRIPLET_FEATURES = 8  # Ibarz et al., appendix.
_NOTHING = -1e6  # What a node hears that nothing is joined to.
_CLOSED_GATE = -3.0  # Bias of a gate, which starts almost closed.


class Joined(enum.Enum):
  """Which nodes send messages to which."""

  ALL = "all"
  ADJACENT = "adjacent"
  SELF = "self"


class Sites(enum.StrEnum):
  """Where the activation stands in place of ReLU.

  ALL: every ReLU of the processor. UPSTREAM: only what the `activation`
  argument of upstream's processors reaches, the triplet messages and the
  output; the message MLP and the gate keep ReLU.
  """

  ALL = "all"
  UPSTREAM = "upstream"


@dataclasses.dataclass(frozen=True)
class Design:
  """What tells the processors apart."""

  joined: Joined
  triplets: bool = False
  gated: bool = False


DESIGNS = {
  "deepsets": Design(Joined.SELF),
  "gmpnn": Design(Joined.ALL, gated=True),
  "mpnn": Design(Joined.ALL),
  "pgn": Design(Joined.ADJACENT),
  "triplet_gmpnn": Design(Joined.ALL, triplets=True, gated=True),
  "triplet_mpnn": Design(Joined.ALL, triplets=True),
  "triplet_pgn": Design(Joined.ADJACENT, triplets=True),
}


def design_of(name: str) -> Design:
  """The design of a processor.

  Raises:
    UserError: there is none of this name.
  """
  if name not in DESIGNS:
    raise unknown("processor", name, DESIGNS)
  return DESIGNS[name]


class Processor(hk.Module):
  """One step of message passing.

  Attributes:
    inf_bias, inf_bias_edge: whether decoders rule out what is not joined; what
      upstream's network asks of a processor.
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
      **unused: what upstream tells other processors.

    Returns:
      Hidden states [B, n, width], and edge features [B, n, n, width] of the
      triplet variants.
    """
    states = jnp.concatenate([node_fts, hidden], axis=-1)
    messages = self._before_mlp(states, edge_fts, graph_fts)
    to_output = self._linear(), self._linear()
    edges = None
    if self._design.triplets:
      edges = self._triplets(states, edge_fts, graph_fts)
    mlp = hk.nets.MLP([self._width] * 2, activation=self._inner)
    heard = self._greatest(mlp(self._inner(messages)), adj_mat)
    output = self._activation(to_output[0](states) + to_output[1](heard))
    output = hk.LayerNorm(axis=-1, create_scale=True, create_offset=True)(
      output
    )
    if self._design.gated:
      gate = self._gate(states, heard)
      output = output * gate + hidden * (1 - gate)
    return output, edges

  @hk.transparent
  def _linear(self) -> hk.Linear:
    return hk.Linear(self._width)

  @hk.transparent
  def _before_mlp(
    self, states: jax.Array, edge_fts: jax.Array, graph_fts: jax.Array
  ) -> jax.Array:
    """From node j to node i at [:, j, i]: [B, n, n, width]."""
    received, sent = self._linear()(states), self._linear()(states)
    weighed, common = self._linear()(edge_fts), self._linear()(graph_fts)
    return (
      received[:, None] + sent[:, :, None] + weighed + common[:, None, None]
    )

  @hk.transparent
  def _triplets(
    self, states: jax.Array, edge_fts: jax.Array, graph_fts: jax.Array
  ) -> jax.Array:
    """Edge features [B, n, n, width]: the greatest of all triplets on an edge.

    A triplet (i, j, k) is on the edge from j to k; of its seven terms the
    maximum over i needs the three that i is in.
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
    if self._design.joined is Joined.ALL:
      return jnp.max(messages, axis=1)
    joined = adj_mat
    if self._design.joined is Joined.SELF:
      joined = jnp.broadcast_to(jnp.eye(adj_mat.shape[-1]), adj_mat.shape)
    return jnp.max(
      jnp.where(joined[..., None] != 0, messages, _NOTHING), axis=1
    )

  @hk.transparent
  def _gate(self, states: jax.Array, heard: jax.Array) -> jax.Array:
    """How much of the update comes through, [B, n, width]."""
    mixed = self._linear()(states) + self._linear()(heard)
    last = hk.Linear(self._width, b_init=hk.initializers.Constant(_CLOSED_GATE))
    return jax.nn.sigmoid(last(self._inner(mixed)))
