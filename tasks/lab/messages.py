"""Messages between the nodes of a graph, and their maximum at each node.

Messages are combined by maximum, as in the networks of arXiv 1910.10593 for
algorithms on graphs. They are the largest arrays of the lab, so tables have an
implementation of their own here, with one pass over them forward and none
backward.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from harness.core.fitness import Activation
from harness.core.table import Table

_LOWEST = float(np.finfo(np.float32).min)


class Messages(NamedTuple):
  """Messages from each node j to each node i, before the activation.

  They are received_i + sent_j + edges_ij * per_edge.

  Attributes:
    received: [B, n, W].
    sent: [B, n, W].
    edges: [B, n, n].
    per_edge: [W].
    joined: [B, n, n], 1 where j sends a message to i, otherwise 0.
  """

  received: jax.Array
  sent: jax.Array
  edges: jax.Array
  per_edge: jax.Array
  joined: jax.Array

  @property
  def before(self) -> jax.Array:
    """The pre-activations, [B, n, n, W]."""
    pairs = self.received[:, :, None] + self.sent[:, None]
    return pairs + self.edges[..., None] * self.per_edge


def greatest(activation: Activation, messages: Messages) -> jax.Array:
  """The maximum of the messages to each node, [B, n, W].

  It is 0 at a node without neighbours.
  """
  if isinstance(activation, Table):
    return _greatest_by_table(activation, messages)
  sent = activation(messages.before)
  return masked_max(sent, messages.joined[..., None], axis=2)


def masked_max(values: jax.Array, mask: jax.Array, axis: int) -> jax.Array:
  """The maximum along an axis where the mask is 1; 0 if it is 1 nowhere."""
  highest = jnp.max(jnp.where(mask > 0, values, _LOWEST), axis=axis)
  return jnp.where(jnp.any(mask > 0, axis=axis), highest, 0.0)


@jax.custom_vjp
def _greatest_by_table(table: Table, messages: Messages) -> jax.Array:
  return _zero_if_isolated(_signed_greatest(table, messages))


def _forward(
  table: Table, messages: Messages
) -> tuple[jax.Array, tuple[Table, Messages, jax.Array]]:
  signed = _signed_greatest(table, messages)
  return _zero_if_isolated(signed), (table, messages, signed)


def _backward(
  saved: tuple[Table, Messages, jax.Array], gradient: jax.Array
) -> tuple[None, Messages]:
  """The gradient, which flows through the greatest message alone."""
  table, messages, signed = saved
  nodes = range(messages.edges.shape[1])
  sender = _sender(signed, len(nodes))

  def of_sender(values: jax.Array) -> jax.Array:  # [B, n or 1, n, W or 1]
    chosen = jnp.broadcast_to(values[:, :, 0], sender.shape)
    for j in nodes:
      chosen = jnp.where(sender == j, values[:, :, j], chosen)
    return chosen

  edge = of_sender(messages.edges[..., None])
  before = messages.received + of_sender(messages.sent[:, None])
  slopes = table.slopes_at(before + edge * messages.per_edge)
  gradient = jnp.where(_is_isolated(signed), 0.0, gradient * slopes)
  to_sent = [
    jnp.sum(jnp.where(sender == j, gradient, 0.0), axis=1) for j in nodes
  ]
  return None, Messages(
    received=gradient,
    sent=jnp.stack(to_sent, axis=1),
    edges=jnp.zeros_like(messages.edges),
    per_edge=jnp.sum(edge * gradient, axis=(0, 1)),
    joined=jnp.zeros_like(messages.joined),
  )


_greatest_by_table.defvjp(_forward, _backward)


def _signed_greatest(table: Table, messages: Messages) -> jax.Array:
  """The greatest message to each node, its sender's number in the last bits.

  A single maximum then gives both. The bits are worth less than a table's
  error.
  """
  values = jnp.where(
    messages.joined[..., None] > 0, table(messages.before), _LOWEST
  )
  num_nodes = values.shape[2]
  bits = jax.lax.bitcast_convert_type(values, jnp.int32)
  signed = (bits & ~_last_bits(num_nodes)) | jnp.arange(num_nodes)[:, None]
  return jnp.max(jax.lax.bitcast_convert_type(signed, jnp.float32), axis=2)


def _sender(signed: jax.Array, num_nodes: int) -> jax.Array:
  bits = jax.lax.bitcast_convert_type(signed, jnp.int32)
  return bits & _last_bits(num_nodes)


def _last_bits(num_nodes: int) -> int:
  return (1 << (num_nodes - 1).bit_length()) - 1


def _is_isolated(signed: jax.Array) -> jax.Array:
  return signed < _LOWEST / 2


def _zero_if_isolated(signed: jax.Array) -> jax.Array:
  return jnp.where(_is_isolated(signed), 0.0, signed)
