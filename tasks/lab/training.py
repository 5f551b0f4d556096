"""Trains and tests a few tasks of a network family in one program.

The loop over steps runs inside the compiled program, with a bound that is an
argument: one compilation serves the cheap screen and full fidelity, all seeds,
and all suites. An activation is either compiled in, or an argument as well, as
a table: then one compilation serves all of them.
"""

import functools
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import optax

from harness.core import trainable
from harness.core.fitness import Activation
from harness.core.table import Table, share_outside
from harness.core.trainable import Trainable
from tasks.lab.encoding import Examples
from tasks.lab.networks import NetworkFamily
from tasks.lab.problem import Problem

WARMUP_STEPS = 20


class Trained(NamedTuple):
  """Trained networks, T tasks.

  Attributes:
    metrics: their test results.
    parameters: those of a trainable activation, [T, ...], by module and name;
      empty for other activations.
  """

  metrics: "Metrics"
  parameters: Any


class Metrics(NamedTuple):
  """Test results of trained networks, T tasks.

  Attributes:
    loss: mean squared error or cross-entropy, [T, bands].
    accuracy: share of right classes, [T, bands]; undefined for regression.
    outside: share of pre-activations beyond the table of an activation, [T,
      bands]; 0 for one that is compiled in.
  """

  loss: jax.Array
  accuracy: jax.Array
  outside: jax.Array


# A fifth less time to compile, and no more to run (BUILD_NOTES.md).
_COMPILER_OPTIONS = {"xla_backend_optimization_level": 1}


def trained(
  problem: Problem,
  steps: int,
  *,
  family: NetworkFamily,
  activation: Activation,
) -> Trained:
  """Trains networks for `steps` steps, one for each task, and tests them.

  Can be traced.
  """
  params = _train(family, activation, problem, steps)
  metrics = _test(family, activation, params, problem)
  return Trained(metrics, trainable.of_sites(params))


# The same, compiled for each activation, and each shape of the problem.
train_and_test = jax.jit(
  trained,
  static_argnames=("family", "activation"),
  compiler_options=_COMPILER_OPTIONS,
)


@functools.partial(
  jax.jit, static_argnames=("family",), compiler_options=_COMPILER_OPTIONS
)
def train_and_test_tables(
  problem: Problem, steps: int, tables: Table, *, family: NetworkFamily
) -> Metrics:
  """Trains and tests with each of a batch of tables, [A, ...] in and out.

  Compiled for each size of the batch, and each shape of the problem.
  """

  def run(table: Table) -> Metrics:
    params = _train(family, table, problem, steps)
    return _test(family, table, params, problem)

  if tables.values.shape[0] == 1:  # A batched look-up takes longer.
    alone = run(jax.tree.map(lambda a: a[0], tables))
    return Metrics(*(a[None] for a in alone))
  metrics: Metrics = jax.vmap(run)(tables)
  return metrics


def _train(
  family: NetworkFamily, activation: Activation, problem: Problem, steps: int
) -> Any:
  apply = family.transform(activation).apply
  adam = optax.scale_by_adam()
  size = family.batch_size

  def loss(params: Any, batch: Examples, num_classes: Any) -> jax.Array:
    return _loss(apply(params, batch.inputs), batch, num_classes)

  gradient = jax.vmap(jax.grad(loss))

  def step(index: Any, carry: Any) -> Any:
    params, moments = carry
    start = (index * size) % family.num_train
    batch = jax.tree.map(
      lambda a: jax.lax.dynamic_slice_in_dim(a, start, size, axis=1),
      problem.train,
    )
    gradients = gradient(params, batch, problem.num_classes)
    updates, moments = adam.update(gradients, moments)
    rate = family.learning_rate * _schedule(index, steps)
    params = jax.tree.map(lambda p, u: p - rate * u, params, updates)
    return params, moments

  params = _initial_params(family, activation, problem)
  carry = (params, adam.init(params))
  return jax.lax.fori_loop(0, steps, step, carry)[0]


def _initial_params(
  family: NetworkFamily, activation: Activation, problem: Problem
) -> Any:
  """The problem's weights, and the parameters of a trainable activation."""
  if not isinstance(activation, Trainable):
    return problem.params
  example = jax.tree.map(lambda a: a[0, :1], problem.train.inputs)
  init = family.transform(activation).init(jax.random.PRNGKey(0), example)
  num_tasks = len(problem.num_classes)
  own = jax.tree.map(
    lambda a: jnp.broadcast_to(a, (num_tasks, *a.shape)),
    trainable.of_sites(init),
  )
  return hk.data_structures.merge(problem.params, own)


def _schedule(index: Any, steps: Any) -> jax.Array:
  """Linear warm-up, then a half cosine down to zero; in [0, 1]."""
  warmup = jnp.minimum((index + 1) / WARMUP_STEPS, 1.0)
  return warmup * 0.5 * (1.0 + jnp.cos(jnp.pi * index / steps))


def _test(
  family: NetworkFamily, activation: Activation, params: Any, problem: Problem
) -> Metrics:
  """Metrics [T, bands]."""

  def watched(x: jax.Array) -> jax.Array:
    if isinstance(activation, Table):
      before = hk.get_state("outside", (), init=jnp.zeros)
      hk.set_state("outside", jnp.maximum(before, share_outside(x)))
    outputs: jax.Array = activation(x)
    return outputs

  network = hk.transform_with_state(
    lambda inputs: family.build(watched)(inputs)
  )

  def test(params: Any, batch: Examples, num_classes: Any) -> Metrics:
    _, shares = jax.eval_shape(network.init, jax.random.key(0), batch.inputs)
    shares = jax.tree.map(lambda a: jnp.zeros(a.shape), shares)
    outputs, shares = network.apply(params, shares, None, batch.inputs)
    return Metrics(
      _loss(outputs, batch, num_classes),
      _accuracy(outputs, batch, num_classes),
      jnp.max(jnp.stack([jnp.zeros(()), *jax.tree.leaves(shares)])),
    )

  def batched(a: Any) -> jax.Array:  # To [batches, T, batch size, ...].
    shape = (len(a), -1, family.batch_size, *a.shape[2:])
    return jnp.moveaxis(jnp.reshape(a, shape), 1, 0)

  def of_band(band: Examples) -> Metrics:
    # One batch at a time: its messages stay in the processor's cache.
    batches = jax.tree.map(batched, band)
    per_batch = jax.lax.map(
      lambda batch: jax.vmap(test)(params, batch, problem.num_classes), batches
    )
    answers = batches.asked.sum(axis=(2, 3, 4))  # Sizes differ by batch.
    weights = answers / answers.sum(axis=0)
    return Metrics(*(jnp.sum(a * weights, axis=0) for a in per_batch))

  bands = [of_band(band) for band in problem.test]
  return Metrics(*(jnp.stack(a, axis=-1) for a in zip(*bands, strict=True)))


def _loss(outputs: jax.Array, batch: Examples, num_classes: Any) -> jax.Array:
  """Mean over answers of the squared error, or cross-entropy for classes."""
  squared = _mean(jnp.square(outputs - batch.targets), batch.asked)
  if outputs.shape[-1] == 1:
    return squared
  log_p = jax.nn.log_softmax(_masked_logits(outputs, num_classes))
  classes = jnp.arange(outputs.shape[-1], dtype=batch.targets.dtype)
  right = batch.targets[..., :1] == classes  # Faster than a gather.
  picked = jnp.sum(jnp.where(right, log_p, 0.0), axis=-1)
  cross = -_mean(picked, batch.asked[..., 0])
  return jnp.where(num_classes > 0, cross, squared)


def _accuracy(
  outputs: jax.Array, batch: Examples, num_classes: Any
) -> jax.Array:
  """Share of right classes; a non-finite output counts as wrong."""
  logits = _masked_logits(outputs, num_classes)
  labels = batch.targets[..., 0].astype(jnp.int32)
  right = jnp.argmax(logits, axis=-1) == labels
  right &= jnp.all(jnp.isfinite(outputs), axis=-1)
  return _mean(right, batch.asked[..., 0])


def _mean(values: jax.Array, asked: Any) -> jax.Array:
  return jnp.sum(values * asked) / jnp.sum(asked)


def _masked_logits(outputs: jax.Array, num_classes: Any) -> jax.Array:
  classes = jnp.arange(outputs.shape[-1])
  # Without classes all are kept, so that no gradient is undefined.
  kept = (classes < num_classes) | (num_classes == 0)
  return jnp.where(kept, outputs, -1e9)
