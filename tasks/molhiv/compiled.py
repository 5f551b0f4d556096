"""A network's compiled training step, and its predictions."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax

from harness.core import trainable
from harness.core.errors import UserError
from harness.core.fitness import Activation
from harness.core.parameters import Learned
from tasks.molhiv.data.batches import Batch, Size
from tasks.molhiv.data.features import ATOM_SIZES
from tasks.molhiv.networks import Network, design
from tasks.molhiv.protocol import Protocol


class TrainState(NamedTuple):
  """Arrays that training changes.

  Attributes:
    params: weights.
    statistics: of batch norms.
    optimiser: Adam's moments, and the number of the step.
    key: of all dropout.
  """

  params: Any
  statistics: Any
  optimiser: Any
  key: jax.Array


class CompiledNetwork:
  """A network's training step and its predictions, compiled for each size."""

  def __init__(self, protocol: Protocol, activation: Activation):
    """Prepares; nothing is compiled yet.

    Args:
      protocol: of the training.
      activation: at every nonlinearity.

    Raises:
      UserError: an unknown model.
    """
    self._activation = activation
    self._model, model = protocol.model, design(protocol.model)
    self._network = hk.transform_with_state(
      lambda batch, is_training: Network(
        model,
        activation,
        layers=protocol.layers,
        hidden_size=protocol.hidden_size,
        dropout=protocol.dropout,
      )(batch, is_training)
    )
    self._optimiser = optax.adam(protocol.learning_rate)
    self._init = jax.jit(
      self._first,
      # It runs once a seed: what optimises it takes longer than it saves.
      compiler_options={"xla_backend_optimization_level": 0},
    )
    self._step = jax.jit(self._one_step, donate_argnums=0)
    self._predict = jax.jit(self._logits)
    self._programs: dict[tuple[Any, Size], Any] = {}

  @property
  def compilations(self) -> int:
    """Programs compiled so far."""
    return len(self._programs)

  def check(self, name: str) -> None:
    """Traces the network; compiles nothing.

    Args:
      name: of the activation.

    Raises:
      UserError: it can't be built.
    """
    try:
      jax.eval_shape(self._first, jnp.uint32(0))
    except (TypeError, ValueError) as error:
      lines = str(error).strip().splitlines() or [type(error).__name__]
      raise UserError(
        f"{self._model} with {name} can't be built: {lines[0][:200]}"
      ) from error

  def init(self, seed: int) -> TrainState:
    """The state before the first step."""
    state: TrainState = self._init(jnp.uint32(seed))
    return state

  def step(
    self, state: TrainState, batch: Batch
  ) -> tuple[TrainState, jax.Array]:
    """Updates with a batch; returns the new state and the loss."""
    new, loss = self._program(self._step, state, batch)(state, batch)
    return new, loss

  def predictions(
    self, state: TrainState, batches: Iterable[Batch]
  ) -> np.ndarray:
    """The logits of all molecules of the batches, in their order."""
    found = [
      (self._program(self._predict, state, batch)(state, batch), batch.mask)
      for batch in batches
    ]
    return np.concatenate([np.asarray(p)[mask == 1] for p, mask in found])

  def learned(self, state: TrainState) -> dict[str, Learned]:
    """The parameters of the activation."""
    return trainable.learned(self._activation, trainable.of_sites(state.params))

  def _program(self, function: Any, state: TrainState, batch: Batch) -> Any:
    """A function compiled for the batch's size."""
    size = Size(len(batch.mask), len(batch.atoms), len(batch.bonds))
    if (function, size) not in self._programs:
      compiled = function.lower(state, batch).compile()
      self._programs[function, size] = compiled
    return self._programs[function, size]

  def _first(self, seed: jax.Array) -> TrainState:
    # The rule of Threefry, so that seeds mean the same on any device.
    init_key, key = jax.random.split(jax.random.PRNGKey(seed))
    params, statistics = self._network.init(init_key, _smallest(), False)
    return TrainState(params, statistics, self._optimiser.init(params), key)

  def _one_step(
    self, state: TrainState, batch: Batch
  ) -> tuple[TrainState, jax.Array]:
    def loss(params: Any) -> tuple[jax.Array, Any]:
      key = jax.random.fold_in(state.key, _step_number(state))
      logits, statistics = self._network.apply(
        params, state.statistics, key, batch, True
      )
      losses = optax.sigmoid_binary_cross_entropy(logits, batch.labels)
      return (losses * batch.mask).sum() / batch.mask.sum(), statistics

    (value, statistics), gradients = jax.value_and_grad(loss, has_aux=True)(
      state.params
    )
    updates, optimiser = self._optimiser.update(gradients, state.optimiser)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, statistics, optimiser, state.key), value

  def _logits(self, state: TrainState, batch: Batch) -> jax.Array:
    logits: jax.Array
    logits, _ = self._network.apply(
      state.params, state.statistics, None, batch, False
    )
    return logits


def _step_number(state: TrainState) -> jax.Array:
  """The number of steps that Adam has made."""
  count: jax.Array = optax.tree.get(state.optimiser, "count")
  return count


def _smallest() -> Batch:
  """A batch of one atom, by which weights are made."""
  whole, real = np.zeros(1, np.int32), np.zeros(1, np.float32)
  atoms = np.zeros((1, len(ATOM_SIZES)), np.int32)
  return Batch(atoms, whole, whole, whole, whole, real, real)
