"""Training of a small network on a problem."""

import functools
from collections.abc import Callable
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import optax

from harness.core.fitness import Activation
from tasks.actbench.problems import NUM_CLASSES, PROBLEMS, Problem

_WIDTHS = (32, 32, 32)
STEPS, _BATCH_SIZE = 400, 64
_RATE, _MOMENTUM = 0.05, 0.9
NUM_PROBED = 256


def network(
  name: str, activation: Activation
) -> Callable[[jax.Array], jax.Array]:
  """The network of a problem, for a Haiku transform: logits of inputs."""
  return hk.nets.MLP([*_WIDTHS, NUM_CLASSES[name]], activation=activation)


def fidelity(name: str) -> str:
  """Words for what `train` does."""
  widths = " x ".join(map(str, _WIDTHS))
  return (
    f"{name}, an MLP of {widths}, {STEPS} steps of {_BATCH_SIZE} examples, "
    f"rate {_RATE} falling like a cosine, momentum {_MOMENTUM}"
  )


def train(
  name: str, activation: Activation, key: jax.Array
) -> tuple[jax.Array, Any]:
  """The accuracy on test examples, and the network's parameters.

  By stochastic gradient descent with momentum, its rate falling like a cosine.
  Can be traced.

  Args:
    name: of a problem.
    activation: after each hidden layer.
    key: of the problem's examples, the initial weights and the batches.
  """
  of_train, of_test, of_params, of_batches = jax.random.split(key, 4)
  problem: Problem = PROBLEMS[name](of_train, of_test)
  transformed: Any = hk.without_apply_rng(
    hk.transform(lambda x: network(name, activation)(x))
  )
  optimiser = optax.sgd(
    optax.cosine_decay_schedule(_RATE, STEPS), momentum=_MOMENTUM
  )

  def loss(params: Any, chosen: jax.Array) -> jax.Array:
    losses: jax.Array = optax.softmax_cross_entropy_with_integer_labels(
      transformed.apply(params, problem.train.x[chosen]),
      problem.train.labels[chosen],
    )
    return losses.mean()

  def step(carry: Any, key: jax.Array) -> tuple[Any, None]:
    params, state = carry
    count = len(problem.train.labels)
    chosen = jax.random.randint(key, (_BATCH_SIZE,), 0, count)
    gradients = jax.grad(loss)(params, chosen)
    updates, state = optimiser.update(gradients, state)
    return (optax.apply_updates(params, updates), state), None

  params = transformed.init(of_params, problem.train.x)
  (params, _), _ = jax.lax.scan(
    step,
    (params, optimiser.init(params)),
    jax.random.split(of_batches, STEPS),
  )
  logits = transformed.apply(params, problem.test.x)
  right = jnp.argmax(logits, -1) == problem.test.labels
  # An answer that is not finite is wrong, and not the first class.
  return (right & jnp.isfinite(logits).all(-1)).mean(), params


def probe(name: str) -> tuple[Any, jax.Array, Callable[[jax.Array], jax.Array]]:
  """A problem's network, some of its training examples, and their loss.

  Returns:
    What makes the function of inputs from an activation, in a Haiku transform;
    inputs; and the loss of outputs, summed over examples.
  """
  of_train, of_test = jax.random.split(jax.random.PRNGKey(0))
  train = PROBLEMS[name](of_train, of_test).train
  labels = train.labels[:NUM_PROBED]

  def loss(logits: jax.Array) -> jax.Array:
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    total: jax.Array = losses.sum()
    return total

  return functools.partial(network, name), train.x[:NUM_PROBED], loss
