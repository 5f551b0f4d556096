"""The lab's two small networks, with `activation` at every nonlinear site."""

import dataclasses
from collections.abc import Callable, Mapping

import haiku as hk
import jax
import jax.numpy as jnp

from harness.core.fitness import Activation
from tasks.lab.messages import Messages, greatest, masked_max

Inputs = Mapping[str, jax.Array]

MLP_INPUTS = 6  # Inputs are padded to this many.
NODE_FEATURES = 4
NUM_LOGITS = 4  # The largest number of classes.


class MLP(hk.Module):
  """Three hidden layers, one output."""

  def __init__(self, activation: Activation, width: int = 64):
    super().__init__()
    self._body = hk.nets.MLP([width] * 3 + [1], activation=activation)

  def __call__(self, inputs: Inputs) -> jax.Array:
    """Maps {"x": [B, MLP_INPUTS]} to [B, 1]."""
    outputs: jax.Array = self._body(inputs["x"])
    return outputs


class MessagePassing(hk.Module):
  """Rounds of messages between joined nodes, then a readout.

  The readout takes the maximum and the sum over nodes, whose order is of no
  consequence.
  """

  def __init__(
    self, activation: Activation, width: int = 32, num_rounds: int = 2
  ):
    super().__init__()
    self._activation = activation
    self._width = width
    self._num_rounds = num_rounds

  def __call__(self, inputs: Inputs) -> jax.Array:
    """Maps nodes, edges, joined and mask (see ReasoningTask) to [B, logits]."""
    mask = inputs["mask"][..., None]  # [B, n, 1]
    states = self._activation(hk.Linear(self._width)(inputs["nodes"]))
    for _ in range(self._num_rounds):
      messages = Messages(
        received=hk.Linear(self._width)(states),
        sent=hk.Linear(self._width, with_bias=False)(states),
        edges=inputs["edges"],
        per_edge=hk.Linear(self._width, with_bias=False)(jnp.ones(1)),
        joined=inputs["joined"],
      )
      message = greatest(self._activation, messages)
      update = hk.Linear(self._width)(jnp.concatenate([states, message], -1))
      states = self._activation(update)
    summed = jnp.sum(states * mask, axis=1) / NODE_SCALE
    read = jnp.concatenate([masked_max(states, mask, axis=1), summed], -1)
    hidden = self._activation(hk.Linear(self._width)(read))
    logits: jax.Array = hk.Linear(NUM_LOGITS)(hidden)
    return logits


NODE_SCALE = 6.0  # Keeps the sum over a training-size set of order one.


@dataclasses.dataclass(frozen=True)
class NetworkFamily:
  """A network and its hyperparameters of training.

  Attributes:
    build: makes the network from an activation.
    num_outputs: width of its output.
    batch_size: examples per training step, and per step of a test.
    num_train: training examples, seen in a fixed order again and again.
    num_test: test examples of each band; whole batches.
    learning_rate: peak of Adam's.
  """

  name: str
  build: Callable[[Activation], Callable[[Inputs], jax.Array]]
  num_outputs: int
  batch_size: int
  num_train: int
  num_test: int
  learning_rate: float

  def transform(self, activation: Activation) -> hk.Transformed:
    """Pure init(key, inputs) and apply(params, inputs) -> [B, num_outputs]."""
    return hk.without_apply_rng(
      hk.transform(lambda inputs: self.build(activation)(inputs))
    )


FAMILIES = {
  "mlp": NetworkFamily(
    name="mlp",
    build=MLP,
    num_outputs=1,
    batch_size=128,
    num_train=2048,
    num_test=512,
    learning_rate=3e-3,
  ),
  "message_passing": NetworkFamily(
    name="message_passing",
    build=MessagePassing,
    num_outputs=NUM_LOGITS,
    batch_size=32,
    num_train=2048,
    num_test=256,
    learning_rate=3e-3,
  ),
}
