import dataclasses
import functools
import math
from collections.abc import Callable
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from harness.core.fitness import Activation
from tasks.lab import problem
from tasks.lab.networks import (
  MLP,
  NUM_LOGITS,
  Inputs,
  NetworkFamily,
  Pooling,
  Processor,
)
from tasks.lab.problem import BANDS, Problem
from tasks.lab.regression import Interval, RegressionTask
from tasks.lab.sample import Band
from tasks.lab.training import train_and_test
from tests.tasks.lab.questions import CUBIC, MAXIMUM, ORDER, SPAN

Network = Callable[[Inputs], jax.Array]

RELU = jax.nn.relu


def _small_mlp(activation: Activation) -> Network:
  return MLP(activation, width=16)


def _small_pooling(activation: Activation) -> Network:
  return Pooling(activation, width=8, num_rounds=1)


def _small_processor(activation: Activation) -> Network:
  return Processor(activation, width=8)


MLPS = NetworkFamily(
  name="mlp",
  build=_small_mlp,
  num_outputs=1,
  batch_size=32,
  num_train=128,
  num_test=32,
  learning_rate=1e-2,
  num_side_by_side=2,
)
POOLING = NetworkFamily(
  name="pooling",
  build=_small_pooling,
  num_outputs=NUM_LOGITS,
  batch_size=16,
  num_train=64,
  num_test=32,
  learning_rate=1e-2,
  num_side_by_side=2,
)
PROCESSORS = dataclasses.replace(
  POOLING, name="processor", build=_small_processor
)
LINEAR = RegressionTask(
  name="linear",
  inputs={"a": Interval(-1, 1), "b": Interval(0, 4)},
  function=lambda a, b: 2 * a - b + 1,
)


@pytest.fixture(scope="module")
def mlps() -> Problem:
  tasks = [LINEAR, dataclasses.replace(CUBIC, name="cubic")]
  return problem.draw(MLPS, tasks, seed=3, index=0)


@pytest.fixture(scope="module")
def pooling() -> Problem:
  return problem.draw(POOLING, [MAXIMUM, SPAN], seed=3, index=0)


@pytest.fixture(scope="module")
def processors() -> Problem:
  return problem.draw(PROCESSORS, [ORDER], seed=3, index=0)


def _train(
  drawn: Problem, family: NetworkFamily, steps: int
) -> tuple[np.ndarray, np.ndarray]:
  """Losses and accuracies, [T, bands]."""
  outcome = train_and_test(drawn, steps, family=family, activation=RELU).metrics
  return np.asarray(outcome.loss), np.asarray(outcome.accuracy)


@functools.cache
def _ordinary(family: NetworkFamily, classes: int) -> tuple[Any, Any]:
  """A training step and a test of one network, compiled once for all tests."""
  network: Any = hk.without_apply_rng(
    hk.transform(lambda x: family.build(RELU)(x))
  )
  adam = optax.scale_by_adam()
  # As the program under test: Adam makes a large step of a rounding error.
  compiled = functools.partial(
    jax.jit, compiler_options={"xla_backend_optimization_level": 1}
  )

  def outputs(params: Any, inputs: Any) -> jax.Array:
    found: jax.Array = network.apply(params, inputs)
    return found[:, 0, :classes] if classes else found

  def loss(params: Any, inputs: Any, targets: Any, asked: Any) -> jax.Array:
    found = outputs(params, inputs)
    if not classes:
      return jnp.mean(optax.squared_error(found, targets), where=asked > 0)
    cross_entropy = optax.softmax_cross_entropy_with_integer_labels
    labels = targets[:, 0, 0].astype(jnp.int32)
    return jnp.mean(cross_entropy(found, labels))

  @compiled
  def update(params: Any, state: Any, rate: float, *batch: Any) -> Any:
    updates, state = adam.update(jax.grad(loss)(params, *batch), state)
    return jax.tree.map(lambda p, u: p - rate * u, params, updates), state

  @compiled
  def test(params: Any, inputs: Any, targets: Any, asked: Any) -> Any:
    found = loss(params, inputs, targets, asked)
    if not classes:
      return found, 0.0
    right = outputs(params, inputs).argmax(axis=-1) == targets[:, 0, 0]
    return found, right.mean()

  return update, test


def _reference(
  drawn: Problem, family: NetworkFamily, task: int, steps: int
) -> tuple[list[float], list[float]]:
  """The losses and accuracies of one network, trained by an ordinary loop."""
  one = jax.tree.map(lambda a: jnp.asarray(a[task]), drawn)
  update, test = _ordinary(family, int(one.num_classes))
  params = one.params
  state = jax.jit(optax.scale_by_adam().init)(params)
  num_batches = family.num_train // family.batch_size
  for step in range(steps):
    first = step % num_batches * family.batch_size
    rows = slice(first, first + family.batch_size)
    batch = jax.tree.map(lambda a, r=rows: a[r], one.train)
    cosine = 0.5 * (1 + math.cos(math.pi * step / steps))
    rate = family.learning_rate * min(1, (step + 1) / 20) * cosine
    params, state = update(params, state, rate, *batch)
  tested = [test(params, *band) for band in one.test]
  losses, accuracies = zip(*tested, strict=True)
  return list(map(float, losses)), list(map(float, accuracies))


@pytest.mark.parametrize("steps", [0, 1, 30])
def test_mlps_train_as_in_an_ordinary_loop(mlps: Problem, steps: int) -> None:
  found, _ = _train(mlps, MLPS, steps)
  expected, _ = _reference(mlps, MLPS, task=1, steps=steps)
  np.testing.assert_allclose(found[1], expected, rtol=1e-5)


@pytest.mark.parametrize(
  "task",
  [
    pytest.param(0, id="classes"),
    pytest.param(1, id="regression"),
  ],
)
@pytest.mark.slow
def test_pooling_networks_train_as_in_an_ordinary_loop(
  pooling: Problem, task: int
) -> None:
  losses, accuracies = _train(pooling, POOLING, 10)
  expected = _reference(pooling, POOLING, task, 10)
  np.testing.assert_allclose(losses[task], expected[0], rtol=1e-5)
  if pooling.num_classes[task]:
    np.testing.assert_allclose(accuracies[task], expected[1], rtol=1e-6)


def test_processors_train_as_in_an_ordinary_loop(processors: Problem) -> None:
  losses, _ = _train(processors, PROCESSORS, 10)
  expected, _ = _reference(processors, PROCESSORS, task=0, steps=10)
  np.testing.assert_allclose(losses[0], expected, rtol=1e-5)


def test_all_fidelities_and_seeds_share_a_compilation(mlps: Problem) -> None:
  def activation(x: jax.Array) -> jax.Array:
    """Not compiled before."""
    return RELU(x)

  other = problem.draw(MLPS, [LINEAR, LINEAR], seed=4, index=1)
  compiled: Any = train_and_test
  before = compiled._cache_size()
  for drawn, steps in ((mlps, 5), (mlps, 7), (other, 0)):
    compiled(drawn, steps, family=MLPS, activation=activation)
  assert compiled._cache_size() == before + 1


def test_running_twice_gives_the_same(mlps: Problem) -> None:
  first, second = (_train(mlps, MLPS, 20)[0] for _ in range(2))
  np.testing.assert_array_equal(first, second)


def test_a_linear_function_is_learnt(mlps: Problem) -> None:
  before, _ = _train(mlps, MLPS, 0)
  after, _ = _train(mlps, MLPS, 600)
  band = BANDS.index(Band.ID)
  assert before[0, band] > 0.1
  assert after[0, band] < 1e-2


def test_a_diverging_network_affects_no_other(mlps: Problem) -> None:
  inputs = dict(mlps.train.inputs)
  inputs["x"] = inputs["x"].copy()
  inputs["x"][1] = np.inf
  broken = mlps._replace(train=mlps.train._replace(inputs=inputs))
  losses, _ = _train(broken, MLPS, 5)
  expected, _ = _train(mlps, MLPS, 5)
  assert np.isnan(losses[1]).all()
  np.testing.assert_array_equal(losses[0], expected[0])
