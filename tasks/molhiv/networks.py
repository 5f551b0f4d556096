"""The baselines of the Open Graph Benchmark on molecules.

Hu et al., arXiv 2005.00687, and the benchmark's example for molecules: GIN (Xu
et al., arXiv 1810.00826) and GCN (Kipf and Welling, arXiv 1609.02907), which
here add features of bonds to messages, each with or without a virtual node
(Gilmer et al., arXiv 1704.01212). The activation given is in place of every
ReLU.
"""

from collections.abc import Callable
from typing import NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp

from harness.core.errors import unknown
from harness.core.fitness import Activation
from tasks.molhiv.data.batches import Batch
from tasks.molhiv.data.features import ATOM_SIZES, BOND_KINDS, BOND_SIZES
from tasks.molhiv.layers import (
  BatchNorm,
  Embeddings,
  Values,
  dropout,
  gather,
  linear,
  segment_sum,
)


class Gin(hk.Module):
  """A layer of GIN: a small network of an atom and the sum of its messages."""

  def __init__(self, activation: Activation, name: str = "gin"):
    super().__init__(name=name)
    self._activation = activation

  def __call__(
    self, x: jax.Array, batch: Batch, mask: Values, is_training: bool
  ) -> jax.Array:
    """Maps atoms [A, C] to new ones; the mask [A] is 0 for padding."""
    epsilon = hk.get_parameter("epsilon", (), x.dtype, jnp.zeros)
    received = _received(x, batch, self._activation)
    hidden = linear((1 + epsilon) * x + received, 2 * x.shape[1])
    hidden = BatchNorm()(hidden, mask, is_training)
    return linear(self._activation(hidden), x.shape[1])


class Gcn(hk.Module):
  """A layer of GCN: messages are weighted by the degrees of both atoms."""

  def __init__(self, activation: Activation, name: str = "gcn"):
    super().__init__(name=name)
    self._activation = activation

  def __call__(
    self, x: jax.Array, batch: Batch, mask: Values, is_training: bool
  ) -> jax.Array:
    """Maps atoms [A, C] to new ones."""
    del mask, is_training  # It has no norm inside.
    x = linear(x, x.shape[1])
    own = hk.get_parameter(
      "own", (1, x.shape[1]), x.dtype, hk.initializers.RandomNormal()
    )
    ones = jnp.ones((len(batch.receivers), 1), x.dtype)
    # Each atom is a neighbour of its own.
    degrees = segment_sum(ones, batch.receivers, len(x)) + 1
    roots = jax.lax.rsqrt(degrees)
    # Of the two roots, that of the receiver can wait for the sum.
    received = _received(x, batch, self._activation, roots)
    new: jax.Array = roots * received + self._activation(x + own) / degrees
    return new


def _received(
  x: jax.Array,
  batch: Batch,
  activation: Activation,
  weights: jax.Array | None = None,
) -> jax.Array:
  """Sums of the messages to each atom, [A, C].

  Args:
    x: atoms, [A, C].
    batch: edges.
    activation: of the sum of an atom and a bond.
    weights: of messages, by the atom that sends, [A, 1].
  """
  # There are fewer kinds of bonds than edges.
  kinds = Embeddings(BOND_SIZES, x.shape[1])(BOND_KINDS)
  messages = activation(gather(x, batch.senders) + gather(kinds, batch.bonds))
  if weights is not None:
    messages = messages * gather(weights, batch.senders)
  return segment_sum(messages, batch.receivers, len(x))


class VirtualNode(hk.Module):
  """The step of a node that is joined to all atoms of its molecule."""

  def __init__(self, activation: Activation, name: str = "virtual_node"):
    super().__init__(name=name)
    self._activation = activation

  def __call__(
    self, node: jax.Array, x: jax.Array, batch: Batch, is_training: bool
  ) -> jax.Array:
    """Maps a node for each molecule, [M, C], and atoms [A, C] to new nodes."""
    summed = segment_sum(x, batch.molecules, len(node)) + node
    for width in (2 * x.shape[1], x.shape[1]):
      summed = linear(summed, width)
      summed = BatchNorm()(summed, batch.mask, is_training)
      summed = self._activation(summed)
    return summed


class Design(NamedTuple):
  """A baseline.

  Attributes:
    layer: makes a layer that passes messages.
    has_virtual_node: whether atoms are joined by one.
  """

  layer: Callable[[Activation], Gin | Gcn]
  has_virtual_node: bool


MODELS = {
  "gin": Design(Gin, False),
  "gin_virtual": Design(Gin, True),
  "gcn": Design(Gcn, False),
  "gcn_virtual": Design(Gcn, True),
}


def design(model: str) -> Design:
  """The design of a model.

  Raises:
    UserError: there is none of this name.
  """
  if model not in MODELS:
    raise unknown("model", model, MODELS)
  return MODELS[model]


class Network(hk.Module):
  """Layers that pass messages, the mean over a molecule's atoms, a logit."""

  def __init__(
    self,
    design: Design,
    activation: Activation,
    *,
    layers: int,
    hidden_size: int,
    dropout: float,
    name: str = "network",
  ):
    super().__init__(name=name)
    self._design = design
    self._activation = activation
    self._layers = layers
    self._hidden_size = hidden_size
    self._dropout = dropout

  def __call__(self, batch: Batch, is_training: bool) -> jax.Array:
    """Maps a batch to logits [M]; those of padding mean nothing."""
    num_molecules = len(batch.mask)
    mask = (batch.molecules < num_molecules).astype(jnp.float32)
    x = Embeddings(ATOM_SIZES, self._hidden_size)(batch.atoms)
    node = jnp.zeros((num_molecules, self._hidden_size))
    if self._design.has_virtual_node:
      node += hk.get_parameter("virtual", node.shape[1:], init=jnp.zeros)
    for number in range(self._layers):
      is_last = number == self._layers - 1
      if self._design.has_virtual_node:
        x += gather(node, batch.molecules)
      layer = self._design.layer(self._activation)
      new = layer(x, batch, mask, is_training)
      new = BatchNorm()(new, mask, is_training)
      if not is_last:
        new = self._activation(new)
      if self._design.has_virtual_node and not is_last:
        step = VirtualNode(self._activation)
        node = self._dropped(step(node, x, batch, is_training), is_training)
      x = self._dropped(new, is_training)
    sizes = segment_sum(mask[:, None], batch.molecules, num_molecules)
    total = segment_sum(x, batch.molecules, num_molecules)
    # Padding has no atoms.
    return linear(total / (sizes + (sizes == 0)), 1)[:, 0]

  def _dropped(self, x: jax.Array, is_training: bool) -> jax.Array:
    return dropout(x, self._dropout) if is_training else x
