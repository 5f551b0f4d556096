"""The lab's three small networks, with `activation` at every nonlinear site."""

import dataclasses
from collections.abc import Callable, Mapping

import haiku as hk
import jax
import jax.numpy as jnp

from harness.core.fitness import Activation
from tasks.lab import task
from tasks.lab.messages import Messages, greatest, masked_max

Inputs = Mapping[str, jax.Array]

MLP_INPUTS = 6  # Inputs are padded to this many.
NODE_FEATURES = 6
NUM_LOGITS = 4  # The largest number of classes, and of outputs per node.
MAX_UNROLLED = 4  # Rounds.
NODE_SCALE = 6.0  # Keeps the sum over a training-size set of order one.


class MLP(hk.Module):
  """Three hidden layers, one output."""

  def __init__(self, activation: Activation, width: int = 64):
    super().__init__()
    self._body = hk.nets.MLP([width] * 3 + [1], activation=activation)

  def __call__(self, inputs: Inputs) -> jax.Array:
    """Maps {"x": [B, MLP_INPUTS]} to [B, 1, 1]."""
    outputs: jax.Array = self._body(inputs["x"])
    return outputs[:, None]


class Pooling(hk.Module):
  """Two rounds of messages between joined nodes, each with its own weights."""

  def __init__(
    self, activation: Activation, width: int = 32, num_rounds: int = 2
  ):
    super().__init__()
    self._activation = activation
    self._width = width
    self._num_rounds = num_rounds

  def __call__(self, inputs: Inputs) -> jax.Array:
    """Maps nodes, edges, joined and mask (see ReasoningTask) to answers.

    Returns:
      Of the instance and of each node, [B, 1 + n, NUM_LOGITS].
    """
    states = self._activation(hk.Linear(self._width)(inputs["nodes"]))
    for _ in range(self._num_rounds):
      states = Round(self._activation, self._width)(inputs, states)
    return Readout(self._activation, self._width)(states, inputs["mask"])


class Processor(hk.Module):
  """As many rounds of messages as an instance has nodes, with shared weights.

  A round sees the encoded inputs again, as the processors of CLRS-30 (arXiv
  2205.15659) do, so that an algorithm can be executed step by step.
  """

  def __init__(self, activation: Activation, width: int = 32):
    super().__init__()
    self._activation = activation
    self._width = width

  def __call__(self, inputs: Inputs) -> jax.Array:
    """As Pooling's."""
    encoded = self._activation(hk.Linear(self._width)(inputs["nodes"]))
    step = Round(self._activation, self._width)
    sizes = jnp.sum(inputs["mask"], axis=1)[:, None, None]

    def advance(states: jax.Array, index: jax.Array) -> tuple[jax.Array, None]:
      advanced = step(inputs, states, encoded)
      return jnp.where(index < sizes, advanced, states), None

    rounds = inputs["mask"].shape[1]
    # In training, where there are few, a loop would take half as long again.
    unroll = rounds if rounds <= MAX_UNROLLED else 1
    states, _ = hk.scan(advance, encoded, jnp.arange(rounds), unroll=unroll)
    return Readout(self._activation, self._width)(states, inputs["mask"])


class Round(hk.Module):
  """One round of messages."""

  def __init__(self, activation: Activation, width: int):
    super().__init__()
    self._activation = activation
    self._received = hk.Linear(width)
    self._sent = hk.Linear(width, with_bias=False)
    self._per_edge = hk.Linear(width, with_bias=False)
    self._update = hk.Linear(width)

  def __call__(
    self, inputs: Inputs, states: jax.Array, *known: jax.Array
  ) -> jax.Array:
    """The new states [B, n, W].

    Args:
      inputs: edges and joined.
      states: that messages are made of, [B, n, W].
      known: what a node knows beside its state and its message, [B, n, ...].
    """
    messages = Messages(
      received=self._received(states),
      sent=self._sent(states),
      edges=inputs["edges"],
      per_edge=self._per_edge(jnp.ones(1)),
      joined=inputs["joined"],
    )
    message = greatest(self._activation, messages)
    update = self._update(jnp.concatenate([states, *known, message], axis=-1))
    advanced: jax.Array = self._activation(update)
    return advanced


class Readout(hk.Module):
  """Answers of the instance and of each node.

  Those of the instance are read from a maximum and a sum over its nodes, whose
  order is of no consequence.
  """

  def __init__(self, activation: Activation, width: int):
    super().__init__()
    self._activation = activation
    self._width = width

  def __call__(self, states: jax.Array, mask: jax.Array) -> jax.Array:
    """Maps states [B, n, W] and mask [B, n] to [B, 1 + n, NUM_LOGITS]."""
    mask = mask[..., None]
    summed = jnp.sum(states * mask, axis=1) / NODE_SCALE
    read = jnp.concatenate([masked_max(states, mask, axis=1), summed], -1)
    hidden = self._activation(hk.Linear(self._width)(read))
    of_instance = hk.Linear(NUM_LOGITS)(hidden)
    of_nodes = hk.Linear(NUM_LOGITS)(states)
    return jnp.concatenate([of_instance[:, None], of_nodes], axis=1)


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
    num_side_by_side: tasks that train in one program; so few that their
      networks stay in a processor's cache.
  """

  name: str
  build: Callable[[Activation], Callable[[Inputs], jax.Array]]
  num_outputs: int
  batch_size: int
  num_train: int
  num_test: int
  learning_rate: float
  num_side_by_side: int

  def transform(self, activation: Activation) -> hk.Transformed:
    """Pure init(key, inputs) and apply(params, inputs).

    Outputs are [B, answers, num_outputs]; see Examples.
    """
    return hk.without_apply_rng(
      hk.transform(lambda inputs: self.build(activation)(inputs))
    )


FAMILIES = {
  task.MLP: NetworkFamily(
    name=task.MLP,
    build=MLP,
    num_outputs=1,
    batch_size=128,
    num_train=2048,
    num_test=512,
    learning_rate=3e-3,
    num_side_by_side=4,
  ),
  task.POOLING: NetworkFamily(
    name=task.POOLING,
    build=Pooling,
    num_outputs=NUM_LOGITS,
    batch_size=32,
    num_train=2048,
    num_test=256,
    learning_rate=3e-3,
    num_side_by_side=4,
  ),
  task.PROCESSOR: NetworkFamily(
    name=task.PROCESSOR,
    build=Processor,
    num_outputs=NUM_LOGITS,
    batch_size=32,
    num_train=2048,
    num_test=128,
    learning_rate=3e-3,
    num_side_by_side=2,
  ),
}
