"""A network of the lab with a batch, to be looked at before training."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from tasks.lab import problem, registry, task
from tasks.lab.networks import FAMILIES
from tasks.lab.suites import Suite

NUM_PROBED = 256


def mlp() -> tuple[Any, Any, Callable[[jax.Array], jax.Array]]:
  """The lab's MLP, training examples of its first task, and their loss.

  Returns:
    What makes the function of inputs from an activation, in a Haiku transform;
    inputs; and the loss of outputs, summed over examples.
  """
  family = FAMILIES[task.MLP]
  _, tasks = registry.select(Suite.of("lab"))
  first = next(each for each in tasks if each.network == task.MLP)
  drawn = problem.draw(family, [first], 0, 0).train
  batch = jax.tree.map(lambda a: jnp.asarray(a[0, :NUM_PROBED]), drawn)

  def loss(outputs: jax.Array) -> jax.Array:
    errors = jnp.square(outputs - batch.targets) * batch.asked
    total: jax.Array = errors.sum()
    return total

  return family.build, batch.inputs, loss
