"""A classifier's compiled training and test, on all local devices."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.sharding import NamedSharding, PartitionSpec

from harness.core import trainable
from harness.core.errors import UserError
from harness.core.fitness import Activation
from harness.core.parameters import Learned
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.data.datasets import Dataset
from tasks.imagenet.models import model
from tasks.imagenet.recipes import Recipe

_TOP = 5


class TrainState(NamedTuple):
  """Arrays that training changes; of several seeds, stacked by seed.

  Attributes:
    params: weights.
    statistics: of batch norms.
    optimiser: momentum and the number of the step.
  """

  params: Any
  statistics: Any
  optimiser: Any


class Accuracy(NamedTuple):
  """Shares of the test images, [S] by seed.

  Attributes:
    top1: images whose label has the greatest logit.
    top5: images whose label is among the five greatest.
  """

  top1: np.ndarray
  top5: np.ndarray


class CompiledClassifier:
  """A classifier's training step and its test, compiled once each.

  A batch is spread over the local devices, weights are on each of them; sums
  over a batch, those of batch norms too, are over all devices.
  """

  def __init__(
    self,
    dataset: Dataset,
    recipe: Recipe,
    activation: Activation,
    *,
    steps_per_epoch: int,
    image_size: int,
    num_seeds: int = 1,
    devices: Sequence[Any] | None = None,
  ):
    """Prepares; nothing is compiled yet.

    Args:
      dataset: says how many classes and channels.
      recipe: of the training.
      activation: at every nonlinearity.
      steps_per_epoch: of the recipe's schedule.
      image_size: H and W.
      num_seeds: trained side by side.
      devices: to use; all local ones if None.

    Raises:
      UserError: an unknown model; a batch that can't be divided.
    """
    devices = list(devices or jax.local_devices())
    parts = len(devices) * recipe.accumulate
    if recipe.batch_size % parts:
      raise UserError(
        f"--batch_size={recipe.batch_size} can't be divided among "
        f"{len(devices)} devices in {recipe.accumulate} parts; choose a "
        f"multiple of {parts}"
      )
    self._recipe = recipe
    self._activation = activation
    self._num_seeds = num_seeds
    self._shape = (image_size, image_size, dataset.image_shape[-1])
    build, dtype = model(recipe.model), _dtype(recipe)
    self._network = hk.transform_with_state(
      lambda images, is_training: build(
        dataset.num_classes, activation, dtype=dtype
      )(images, is_training)
    )
    self._optimiser = recipe.optimiser(steps_per_epoch)
    mesh = jax.sharding.Mesh(np.array(devices), ("batch",))
    axes = ("batch",) if num_seeds == 1 else (None, "batch")
    self._spread = NamedSharding(mesh, PartitionSpec(*axes))
    self._everywhere = NamedSharding(mesh, PartitionSpec())
    batched: Any = jax.vmap if num_seeds > 1 else _alone
    self._init = jax.jit(
      self._first,
      # It runs once a seed: what optimises it takes longer than it saves.
      compiler_options={"xla_backend_optimization_level": 0},
    )
    self._step = jax.jit(batched(self._one_step), donate_argnums=0)
    self._count = jax.jit(batched(self._count_right))
    self._compiled: Any = None

  def check(self, name: str) -> None:
    """Traces the network; compiles nothing.

    Args:
      name: of the activation.

    Raises:
      UserError: it can't be built for such images.
    """
    key, image = jax.random.PRNGKey(0), jnp.zeros((1, *self._shape))
    try:
      jax.eval_shape(lambda k, x: self._network.init(k, x, True), key, image)
    except (TypeError, ValueError) as error:
      lines = str(error).strip().splitlines() or [type(error).__name__]
      raise UserError(
        f"{self._recipe.model} with {name} can't be built: {lines[0][:200]}"
      ) from error

  def init(self, seeds: Sequence[int]) -> TrainState:
    """The state before the first step."""
    states = [self._init(jax.random.PRNGKey(seed)) for seed in seeds]
    state = states[0]
    if self._num_seeds > 1:
      state = jax.tree.map(lambda *leaves: jnp.stack(leaves), *states)
    placed: TrainState = jax.device_put(state, self._everywhere)
    return placed

  def _first(self, key: jax.Array) -> TrainState:
    image = jnp.zeros((1, *self._shape))
    params, statistics = self._network.init(key, image, True)
    return TrainState(params, statistics, self._optimiser.init(params))

  def compile(self, state: TrainState) -> bool:
    """Compiles the step, unless it is; returns whether it was not."""
    if self._compiled is not None:
      return False
    size = self._recipe.batch_size
    batch = Batch(
      np.zeros((size, *self._shape), np.float32),
      np.zeros(size, np.int32),
      np.ones(size, np.float32),
    )
    lowered = self._step.lower(state, self._put([batch] * self._num_seeds))
    self._compiled = lowered.compile()
    return True

  @property
  def num_bytes(self) -> int:
    """Bytes that a step takes on one device, once it is compiled."""
    sizes: Any = self._compiled.memory_analysis()
    return int(
      sizes.temp_size_in_bytes
      + sizes.argument_size_in_bytes
      + sizes.output_size_in_bytes
      - sizes.alias_size_in_bytes
    )

  def step(
    self, state: TrainState, batches: Sequence[Batch]
  ) -> tuple[TrainState, jax.Array]:
    """Updates with one batch per seed; returns the new state and the losses."""
    program = self._compiled or self._step
    new, loss = program(state, self._put(batches))
    return new, loss

  def test(self, state: TrainState, batches: Iterable[Batch]) -> Accuracy:
    """Returns the accuracy over all images of the batches."""
    totals = np.zeros((3, self._num_seeds))
    for batch in batches:
      given = self._put([batch] * self._num_seeds)
      found = self._count(state.params, state.statistics, given)
      totals += np.array(jax.device_get(found)).reshape(3, -1)
    right, among, count = totals
    return Accuracy(right / count, among / count)

  def learned(self, state: TrainState, index: int) -> dict[str, Learned]:
    """The parameters of the activation in one seed's weights."""
    params = trainable.of_sites(state.params)
    if self._num_seeds > 1:
      params = jax.tree.map(lambda a: a[index], params)
    return trainable.learned(self._activation, params)

  def _one_step(
    self, state: TrainState, batch: Batch
  ) -> tuple[TrainState, jax.Array]:
    def add(
      carry: tuple[Any, Any, jax.Array], part: Batch
    ) -> tuple[tuple[Any, Any, jax.Array], None]:
      gradients, statistics, loss = carry
      (more, statistics), new = jax.value_and_grad(self._loss, has_aux=True)(
        state.params, statistics, part
      )
      return (
        jax.tree.map(jnp.add, gradients, new),
        statistics,
        loss + more,
      ), None

    zeros = jax.tree.map(jnp.zeros_like, state.params)
    carry = zeros, state.statistics, jnp.zeros(())
    parts = self._recipe.accumulate
    if parts == 1:
      carry, _ = add(carry, batch)
    else:
      carry, _ = jax.lax.scan(add, carry, jax.tree.map(self._split, batch))
    gradients, statistics, loss = carry
    gradients = jax.tree.map(lambda g: g / parts, gradients)
    updates, optimiser = self._optimiser.update(
      gradients, state.optimiser, state.params
    )
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, statistics, optimiser), loss / parts

  def _split(self, x: jax.Array) -> jax.Array:
    """Reshapes [B, ...] to [parts, B / parts, ...], each on all devices."""
    parts = self._recipe.accumulate
    return jnp.moveaxis(x.reshape(-1, parts, *x.shape[1:]), 1, 0)

  def _loss(
    self, params: Any, statistics: Any, batch: Batch
  ) -> tuple[jax.Array, Any]:
    logits, statistics = self._network.apply(
      params, statistics, None, batch.images, True
    )
    truth = optax.smooth_labels(
      jax.nn.one_hot(batch.labels, logits.shape[-1]),
      self._recipe.label_smoothing,
    )
    return optax.softmax_cross_entropy(logits, truth).mean(), statistics

  def _count_right(
    self, params: Any, statistics: Any, batch: Batch
  ) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Counts images with the right class first, among the first five, all."""
    logits, _ = self._network.apply(
      params, statistics, None, batch.images, False
    )
    _, best = jax.lax.top_k(logits, _TOP)
    right = best == batch.labels[:, None]
    return (
      jnp.sum(right[:, 0] * batch.mask),
      jnp.sum(right.any(axis=-1) * batch.mask),
      jnp.sum(batch.mask),
    )

  def _put(self, batches: Sequence[Batch]) -> Batch:
    """Puts batches on the devices, [B, ...] or by seed [S, B, ...]."""
    together = batches[0]
    if self._num_seeds > 1:
      together = Batch(
        *(np.stack(arrays) for arrays in zip(*batches, strict=True))
      )
    put: Batch = jax.device_put(together, self._spread)
    return put


def _dtype(recipe: Recipe) -> Any:
  return jnp.bfloat16 if recipe.bfloat16 else jnp.float32


def _alone(function: Callable[..., Any]) -> Callable[..., Any]:
  return function
