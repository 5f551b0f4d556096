"""A model's compiled programs, for one seed or several side by side."""

import functools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import clrs
import jax
import jax.numpy as jnp
import numpy as np

from harness.core import trainable
from harness.core.parameters import Learned
from tasks.clrs30.data.batch_source import StepBatches
from tasks.clrs30.model import Decided, Model

_THREADS = min(4, os.cpu_count() or 1)


class TrainState(NamedTuple):
  """Arrays that training changes; of several seeds, stacked by seed.

  Attributes:
    weights: see Model.
    optimiser: state of Adam.
    key: of the draws to come.
    best: the weights with the best validation score so far.
  """

  weights: jax.Array
  optimiser: Any
  key: jax.Array
  best: jax.Array


class CompiledModel:
  """A model that is compiled once for each shape of batch, in the background.

  Attributes:
    compilations: programs compiled so far.
    tell: is told "compiling" while a program is waited for, and then what goes
      on.
  """

  def __init__(self, model: Model, num_seeds: int):
    """A model for `num_seeds` trainings at a time.

    Args:
      model: to compile.
      num_seeds: of the trainings.
    """
    self._model = model
    self._num_seeds = num_seeds
    self.tell: Callable[[str], None] = lambda stage: None
    self._threads = ThreadPoolExecutor(_THREADS)
    self._compiled: dict[Any, Future[Any]] = {}
    batched: Any = jax.vmap if num_seeds > 1 else _alone
    self._init = jax.jit(model.init)
    self._step = jax.jit(batched(self._one_step), donate_argnums=0)
    self._predict_hints = jax.jit(batched(model.predict_hints))
    self._predict_one = jax.jit(model.predict)
    self._next_key = jax.jit(batched(lambda key: jax.random.split(key)[1]))
    self._keep = jax.jit(batched(_keep), donate_argnums=0)

  @property
  def compilations(self) -> int:
    return len(self._compiled)

  def for_seeds(self, num_seeds: int) -> "CompiledModel":
    """The same model for another number of seeds, not compiled yet."""
    return CompiledModel(self._model, num_seeds)

  def init(self, seeds: Sequence[int], key_seeds: Sequence[int]) -> TrainState:
    """The state before the first step, as upstream's for each --seed.

    Args:
      seeds: of the trainings.
      key_seeds: see BatchSampler.
    """
    states = []
    for seed, key_seed in zip(seeds, key_seeds, strict=True):
      weights = self._init(seed + 1)
      optimiser = self._model.optimiser.init(weights)
      best = jnp.copy(weights)
      states.append(
        TrainState(weights, optimiser, jax.random.PRNGKey(key_seed), best)
      )
    return states[0] if self._num_seeds == 1 else _stacked(states)

  def prepare(self, state: TrainState, drawn: Sequence[StepBatches]) -> None:
    """Begins to compile programs for the shapes of a step's batches."""
    training = self.side_by_side([d.training for d in drawn])
    self._compile(self._step, state, training)
    for batch in zip(*(d.validation for d in drawn), strict=True):
      features = self.side_by_side([b.features for b in batch])
      self._compile(self._predict_hints, state.weights, features)

  def wait(self, stage: str) -> None:
    """Waits for all programs that it began to compile, before a stage."""
    self.tell("compiling")
    for program in self._compiled.values():
      program.result()
    self.tell(stage)

  def step(
    self, state: TrainState, batches: Sequence[clrs.Feedback]
  ) -> tuple[TrainState, jax.Array]:
    """Updates with one batch per seed; returns the new state and the losses."""
    arguments = state, self.side_by_side(batches)
    new, loss = self._program(self._step, "training", *arguments)(*arguments)
    return new, loss

  def bytes_of_step(
    self, state: TrainState, batches: Sequence[clrs.Feedback]
  ) -> int:
    """Memory that `step` takes beside its arguments."""
    arguments = state, self.side_by_side(batches)
    program: Any = self._program(self._step, "training", *arguments)
    return int(program.memory_analysis().temp_size_in_bytes)

  def validate(
    self, state: TrainState, features: Sequence[clrs.Features]
  ) -> list[tuple[Decided, Decided]]:
    """Predictions of each seed's current weights for its batch.

    Returns:
      See `Model.predict_hints`.
    """
    arguments = state.weights, self.side_by_side(features)
    program = self._program(self._predict_hints, "validating", *arguments)
    found = jax.device_get(program(*arguments))
    if self._num_seeds == 1:
      return [found]
    return [
      jax.tree.map(lambda x, i=i: x[i], found) for i in range(self._num_seeds)
    ]

  def test(
    self, state: TrainState, index: int, features: clrs.Features
  ) -> Decided:
    """Predictions of one seed's best weights."""
    best = state.best if self._num_seeds == 1 else state.best[index]
    arguments = best, features
    program = self._program(self._predict_one, "testing", *arguments)
    predictions: Decided = jax.device_get(program(*arguments))
    return predictions

  def bytes_of_test(self, state: TrainState, features: clrs.Features) -> int:
    """Memory that `test` takes for a batch, with the batch."""
    best = state.best if self._num_seeds == 1 else state.best[0]
    program: Any = self._program(self._predict_one, "testing", best, features)
    sizes = program.memory_analysis()
    return int(
      sizes.temp_size_in_bytes
      + sizes.argument_size_in_bytes
      + sizes.output_size_in_bytes
    )

  def learned(self, state: TrainState, index: int) -> dict[str, Learned]:
    """The parameters of the activation in one seed's best weights."""
    best = state.best if self._num_seeds == 1 else state.best[index]
    return trainable.learned(self._model.activation, self._model.by_name(best))

  def after_validation(
    self, state: TrainState, improved: Sequence[bool]
  ) -> TrainState:
    """Keeps the weights of seeds that improved; upstream spends a key here."""
    mask: Any = np.array(improved)
    if self._num_seeds == 1:
      mask = mask[0]
    best = self._keep(state.best, state.weights, mask)
    return state._replace(best=best, key=self._next_key(state.key))

  def side_by_side(self, batches: Sequence[Any]) -> Any:
    """Stacks one batch per seed, [S, ...]; pads shorter trajectories."""
    if self._num_seeds == 1:
      return batches[0]
    return jax.tree.map(_stacked_padded, *batches)

  def _one_step(
    self, state: TrainState, feedback: clrs.Feedback
  ) -> tuple[TrainState, jax.Array]:
    key, next_key = jax.random.split(state.key)
    weights, optimiser, loss = self._model.step(
      state.weights, state.optimiser, key, feedback
    )
    return TrainState(weights, optimiser, next_key, state.best), loss

  def _program(
    self, function: Any, stage: str, *arguments: Any
  ) -> Callable[..., Any]:
    """The program for such arguments, for a stage."""
    program = self._compile(function, *arguments)
    if not program.done():
      self.tell("compiling")
      program.result()
      self.tell(stage)
    found: Callable[..., Any] = program.result()
    return found

  def _compile(self, function: Any, *arguments: Any) -> "Future[Any]":
    shapes = jax.tree.map(_shape, arguments)
    leaves, tree = jax.tree.flatten(shapes)
    known = function, tree, tuple((x.shape, x.dtype) for x in leaves)
    if known not in self._compiled:
      work = functools.partial(_lower_and_compile, function, shapes)
      self._compiled[known] = self._threads.submit(work)
    return self._compiled[known]


def _lower_and_compile(function: Any, shapes: Any) -> Callable[..., Any]:
  compiled: Callable[..., Any] = function.lower(*shapes).compile()
  return compiled


def _shape(x: jax.Array | np.ndarray) -> jax.ShapeDtypeStruct:
  return jax.ShapeDtypeStruct(x.shape, jax.dtypes.canonicalize_dtype(x.dtype))


def _alone(function: Callable[..., Any]) -> Callable[..., Any]:
  return function


def _keep(
  best: jax.Array, weights: jax.Array, improved: jax.Array
) -> jax.Array:
  return jnp.where(improved, weights, best)


def _stacked(states: Sequence[TrainState]) -> TrainState:
  stacked: TrainState = jax.tree.map(lambda *x: jnp.stack(x), *states)
  return stacked


def _stacked_padded(*arrays: np.ndarray) -> np.ndarray:
  """[S, ...], with zeros after arrays shorter in the first axis, time."""
  longest = max(a.shape[0] for a in arrays)
  padding = [
    [(0, longest - a.shape[0])] + [(0, 0)] * (a.ndim - 1) for a in arrays
  ]
  return np.stack([np.pad(a, p) for a, p in zip(arrays, padding, strict=True)])
