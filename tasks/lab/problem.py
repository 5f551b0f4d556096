"""Data, initial weights and batch order, the same for every candidate.

All of it is NumPy, keyed by (seed, index of the seed, task), and drawn before
JAX touches a device, so that forked workers inherit it.
"""

import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tasks.lab.encoding import Examples, Standardiser, padded_stack
from tasks.lab.networks import NetworkFamily
from tasks.lab.sample import Band
from tasks.lab.task import Task

BANDS = tuple(Band)


class Problem(NamedTuple):
  """Tasks of one network family, for one seed. T tasks.

  Attributes:
    params: initial weights, a tree of [T, ...].
    train: examples [T, num_train, ...]; batches are taken in order.
    test: for every band, examples [T, num_test, ...].
    num_classes: int32 [T]; 0 for regression.
    trivial: float [T, bands], the result of the trivial predictor: the loss of
      predicting the ID mean, or for classes the accuracy of predicting the most
      frequent one.
  """

  params: Any
  train: Examples
  test: tuple[Examples, ...]
  num_classes: np.ndarray
  trivial: np.ndarray


def draw(
  family: NetworkFamily, tasks: Sequence[Task], seed: int, index: int
) -> Problem:
  """Draws the tasks' examples and weights for seed number `index` of `seed`."""
  problems = [_draw_one(family, task, (seed, index)) for task in tasks]
  stacked: Problem = jax.tree.map(
    lambda *arrays: padded_stack(arrays), *problems
  )
  return stacked


def _draw_one(
  family: NetworkFamily, task: Task, key: tuple[int, int]
) -> Problem:
  rng = np.random.default_rng([*key, zlib.crc32(task.name.encode())])
  train = task.sample(rng, Band.ID, family.num_train)
  test = [task.sample(rng, band, family.num_test) for band in BANDS]
  standardiser = Standardiser.fit(train, task.num_classes)
  encoded = standardiser.encode(train, family.num_outputs)
  bands = tuple(standardiser.encode(t, family.num_outputs) for t in test)
  return Problem(
    params=_initial_params(family, encoded, rng),
    train=encoded,
    test=bands,
    num_classes=np.asarray(task.num_classes, np.int32),
    trivial=np.array([_trivial(band, task.num_classes) for band in bands]),
  )


def _trivial(examples: Examples, num_classes: int) -> float:
  """The result of the trivial predictor in a band; see Problem."""
  answers = examples.targets[examples.asked > 0]
  if not num_classes:
    return float(np.mean(np.square(answers)))
  return float(np.bincount(answers.astype(int)).max() / len(answers))


def _initial_params(
  family: NetworkFamily, example: Examples, rng: np.random.Generator
) -> Any:
  """Biases 0, weights normal with variance 1 / fan-in, as Haiku's default."""
  inputs = {
    k: jax.ShapeDtypeStruct((1, *v.shape[1:]), jnp.float32)
    for k, v in example.inputs.items()
  }
  key = jax.ShapeDtypeStruct((2,), jnp.uint32)
  shapes = jax.eval_shape(family.transform(jnp.tanh).init, key, inputs)

  def initial(leaf: jax.ShapeDtypeStruct) -> np.ndarray:
    if len(leaf.shape) < 2:
      return np.zeros(leaf.shape, np.float32)
    weights = rng.standard_normal(leaf.shape) / np.sqrt(leaf.shape[0])
    return np.asarray(weights, np.float32)

  return jax.tree.map(initial, shapes)
