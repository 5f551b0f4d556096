"""Five-arm spirals: whether learning an activation's parameters shows.

  python -m tests.bench.parameters.spirals [--seeds=20]

An MLP of three hidden layers of 32 units tells apart five spirals in the plane,
by stochastic gradient descent with momentum. They turn as far as it takes for
ReLU to have trouble with them. Records: results/parameters/spirals.jsonl.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax

from evolve import activations, candidates
from harness.core import parameters, records, trainable
from harness.core.console import Progress
from harness.core.fitness import Activation
from harness.core.intervals import Mean, ends
from harness.core.printed_table import print_table

_RECORDS = Path("results/parameters/spirals.jsonl")
_ARMS, _TURN, _NOISE = 5, 7.0, 0.12  # Radians.
_SCALE = 6**0.5  # Coordinates of variance 1.
_NUM_TRAIN, _NUM_TEST = 1000, 1000
_WIDTHS = (32, 32, 32, _ARMS)
_STEPS, _BATCH_SIZE = 400, 64
_RATE, _MOMENTUM = 0.05, 0.9


class Spirals(NamedTuple):
  """Points in the plane.

  Attributes:
    points: [N, 2].
    arms: int32 [N], the spiral that each is of.
  """

  points: jax.Array
  arms: jax.Array


def draw(key: jax.Array, count: int) -> Spirals:
  """Points at uniform distances from the centre, with noise on the angle."""
  of_arm, of_radius, of_angle = jax.random.split(key, 3)
  arms = jax.random.randint(of_arm, (count,), 0, _ARMS)
  radius = jax.random.uniform(of_radius, (count,))
  angle = 2 * jnp.pi * arms / _ARMS + _TURN * radius
  angle += _NOISE * jax.random.normal(of_angle, (count,))
  points = jnp.stack([jnp.sin(angle), jnp.cos(angle)], -1)
  points *= _SCALE * radius[:, None]
  return Spirals(points, arms)


def train(activation: Activation, num_seeds: int) -> tuple[np.ndarray, Any]:
  """Test accuracies [S], and the activation's parameters, [S, ...].

  Args:
    activation: after each hidden layer.
    num_seeds: S, of data and networks, trained side by side.
  """
  network: Any = hk.without_apply_rng(
    hk.transform(lambda x: hk.nets.MLP(_WIDTHS, activation=activation)(x))
  )
  optimiser = optax.sgd(
    optax.cosine_decay_schedule(_RATE, _STEPS), momentum=_MOMENTUM
  )

  def one(key: jax.Array) -> tuple[jax.Array, Any]:
    of_train, of_test, of_params, of_batches = jax.random.split(key, 4)
    data, test = draw(of_train, _NUM_TRAIN), draw(of_test, _NUM_TEST)
    params = network.init(of_params, data.points)

    def loss(params: Any, chosen: jax.Array) -> jax.Array:
      logits = network.apply(params, data.points[chosen])
      losses: jax.Array = optax.softmax_cross_entropy_with_integer_labels(
        logits, data.arms[chosen]
      )
      return losses.mean()

    def step(carry: Any, key: jax.Array) -> tuple[Any, None]:
      params, state = carry
      chosen = jax.random.randint(key, (_BATCH_SIZE,), 0, _NUM_TRAIN)
      gradients = jax.grad(loss)(params, chosen)
      updates, state = optimiser.update(gradients, state)
      return (optax.apply_updates(params, updates), state), None

    keys = jax.random.split(of_batches, _STEPS)
    (params, _), _ = jax.lax.scan(step, (params, optimiser.init(params)), keys)
    right = jnp.argmax(network.apply(params, test.points), -1) == test.arms
    return right.mean(), trainable.of_sites(params)

  keys = jax.random.split(jax.random.PRNGKey(0), num_seeds)
  accuracies, learned = jax.jit(jax.vmap(one))(keys)
  return np.asarray(accuracies), learned


def record(name: str, num_seeds: int) -> dict[str, Any]:
  """The record of a named activation."""
  activation = candidates.resolve(name).activation()
  accuracies, sites = train(activation, num_seeds)
  return {
    "schema_version": records.SCHEMA_VERSION,
    "activation": name,
    "accuracies": [round(a, 4) for a in accuracies.tolist()],
    "parameters": parameters.to_json(trainable.learned(activation, sites)),
  }


def names() -> list[str]:
  """Those with parameters in all three forms, after two without."""
  found = ["relu", "gelu"]
  for name in ("crrelu", *activations.PARAMETRIC):
    found += [name, f"{name}:layer", f"{name}:channel"]
  return found


def show(found: Mapping[str, Mapping[str, Any]]) -> None:
  rows = []
  for name, each in found.items():
    mean = Mean.of(each["accuracies"])
    rows.append((name, f"{mean.value:.3f}", ends(mean.interval)))
  print_table(
    "Five-arm spirals, test accuracy, mean over seeds",
    ("activation", "accuracy", "95% CI"),
    rows,
  )


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--seeds", type=int, default=20)
  given = parser.parse_args()
  found = {}
  with Progress() as progress:
    for name in names():
      progress.show(f"spirals: {name}")
      found[name] = record(name, given.seeds)
  _RECORDS.parent.mkdir(parents=True, exist_ok=True)
  records.write_text(
    _RECORDS,
    "".join(f"{json.dumps(each)}\n" for each in found.values()),
  )
  show(found)


if __name__ == "__main__":
  main()
