"""The ordinary way to train the lab's networks.

One jitted optax step per model, called in a Python loop over steps, tasks and
seeds. Tasks, data, initial weights, batches, networks, loss, schedule and tests
are the lab's. It draws no random numbers while it trains, and its batches are
sliced into a Python list beforehand.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
import optax

from evolve.activations import ACTIVATIONS
from harness.core.fitness import Activation, Fidelity
from tasks.lab import problem, skill, training
from tasks.lab.encoding import Examples
from tasks.lab.fitness import LabFitness
from tasks.lab.networks import FAMILIES, NetworkFamily
from tasks.lab.problem import Problem
from tasks.lab.sample import OOD_BANDS
from tasks.lab.task import Task


class Trained(NamedTuple):
  """A model that was trained and tested.

  Attributes:
    train_seconds, test_seconds: wall time.
    skill: its OOD skill.
  """

  family: str
  task: str
  seed: int
  train_seconds: float
  test_seconds: float
  skill: float


class _Model(NamedTuple):
  """A network with an activation, compiled; serves every task and seed."""

  optimiser: optax.GradientTransformation
  step: Callable[..., tuple[Any, Any]]
  test: Callable[..., training.Metrics]


class Ordinary:
  """Trains models one by one; compiles each network once per activation."""

  def __init__(self, full: Fidelity, index: int):
    """Draws one model per task; processes of another index have other seeds."""
    self._full = full
    self._models: dict[tuple[str, str], _Model] = {}
    self._tasks = [
      (task, (number + index) % full.num_seeds)
      for number, task in enumerate(LabFitness().task_list)
    ]
    self._turns = dict.fromkeys(FAMILIES, 0)

  def compile(self, activation: str) -> float:
    """Seconds to trace and compile a step and a test of each network."""
    seconds = 0.0
    for family in FAMILIES.values():
      task, seed = self._next(family)
      drawn = _draw(family, task, seed)
      model = _model(family, ACTIVATIONS[activation], self._full.steps)
      self._models[family.name, activation] = model
      first, again = (_train(model, drawn, family, 1) for _ in range(2))
      seconds += first[0] - again[0] + first[1] - again[1]
    return seconds

  def run(self, activation: str, counts: dict[str, int]) -> list[Trained]:
    """Trains and tests so many models of each network at full fidelity."""
    found = []
    for name, count in counts.items():
      family, model = FAMILIES[name], self._models[name, activation]
      for _ in range(count):
        task, seed = self._next(family)
        drawn = _draw(family, task, seed)
        train, test, losses = _train(model, drawn, family, self._full.steps)
        score = _skill(task, drawn, losses)
        found.append(Trained(name, task.name, seed, train, test, score))
    return found

  def _next(self, family: NetworkFamily) -> tuple[Task, int]:
    """The families' tasks in turn, each with a seed."""
    members = [t for t in self._tasks if t[0].network == family.name]
    self._turns[family.name] += 1
    return members[self._turns[family.name] % len(members)]


def _draw(family: NetworkFamily, task: Task, seed: int) -> Problem:
  """One model's problem, drawn as the lab draws it; put on the device."""
  drawn = problem.draw(family, [task], 0, seed)
  one: Problem = jax.tree.map(lambda a: a[0], drawn)
  one = jax.device_put(one)
  return one


def _model(family: NetworkFamily, activation: Activation, steps: int) -> _Model:
  apply = family.transform(activation).apply
  optimiser = optax.adam(
    lambda count: family.learning_rate * training._schedule(count, steps)
  )

  def loss(params: Any, batch: Examples, num_classes: jax.Array) -> jax.Array:
    outputs = apply(params, batch.inputs)
    return training._loss(outputs, batch, num_classes)

  @jax.jit
  def step(
    params: Any, state: Any, batch: Examples, num_classes: jax.Array
  ) -> tuple[Any, Any]:
    gradients = jax.grad(loss)(params, batch, num_classes)
    updates, state = optimiser.update(gradients, state)
    return optax.apply_updates(params, updates), state

  @jax.jit
  def test(
    params: Any, batch: Examples, num_classes: jax.Array
  ) -> training.Metrics:
    outputs = apply(params, batch.inputs)
    return training.Metrics(
      training._loss(outputs, batch, num_classes),
      training._accuracy(outputs, batch, num_classes),
      outside=jax.numpy.zeros(()),
    )

  return _Model(optimiser, step, test)


def _train(
  model: _Model, drawn: Problem, family: NetworkFamily, steps: int
) -> tuple[float, float, training.Metrics]:
  """Seconds of training and of testing, and the test results by band."""
  size = family.batch_size
  batches = [
    jax.tree.map(lambda a, i=start: a[i : i + size], drawn.train)
    for start in range(0, family.num_train, size)
  ]
  params, state = drawn.params, model.optimiser.init(drawn.params)
  jax.block_until_ready((batches, state))
  start = time.perf_counter()
  for index in range(steps):
    batch = batches[index % len(batches)]
    params, state = model.step(params, state, batch, drawn.num_classes)
  jax.block_until_ready(params)
  trained = time.perf_counter()
  tested = [model.test(params, band, drawn.num_classes) for band in drawn.test]
  outcome = jax.tree.map(lambda *bands: np.array(bands), *tested)
  return trained - start, time.perf_counter() - trained, outcome


def _skill(task: Task, drawn: Problem, outcome: training.Metrics) -> float:
  ood = [problem.BANDS.index(band) for band in OOD_BANDS]
  loss, accuracy = np.asarray(outcome.loss), np.asarray(outcome.accuracy)
  trivial = np.asarray(drawn.trivial)
  if task.num_classes:
    skills = skill.classification_skill(accuracy, trivial)
  else:
    skills = skill.regression_skill(loss, trivial)
  return float(skills[ood].mean())
