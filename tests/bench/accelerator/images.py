"""ResNets: training images a second, and the share lost to each activation."""

import dataclasses
import time

import jax
import numpy as np

from evolve import candidates, found, language
from harness.core.fitness import Activation
from tasks.imagenet.compiled import CompiledClassifier
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.data.datasets import DATASETS
from tasks.imagenet.recipes import RECIPES, Recipe
from tests.bench.accelerator.visit import Visit, is_out_of_memory

_ACTIVATIONS = ("relu", "gelu", "swish", "gelusine", "gelu_sinc_perturbation")
# Data set, images of a step, pixels.
_SETTINGS = (("imagenet2012", 256, 224), ("cifar10", 1024, 32))
_TRIAL = (("digits", 4, 8),)
_STEPS = 20
_COMPILATION = 20.0  # Seconds, guessed.


def measure(visit: Visit) -> None:
  names = [*_ACTIVATIONS[:1], *found.modules(), *_ACTIVATIONS[1:]]
  programs = candidates.by_name(names[:1] if visit.is_trial else names)
  for setting in _TRIAL if visit.is_trial else _SETTINGS:
    first = None
    for name, program in programs.items():
      if visit.left < _COMPILATION:
        visit.add("images", "no time left", "", activation=name)
        return
      first = _time(visit, setting, name, language.load(program.source), first)


def _time(
  visit: Visit,
  setting: tuple[str, int, int],
  name: str,
  activation: Activation,
  first: float | None,
) -> float | None:
  """Adds the images a second; returns those of the first activation.

  Args:
    visit: gets the result.
    setting: data set, batch size and image size.
    name: of the activation.
    activation: at every nonlinearity.
    first: images a second of the first activation.
  """
  dataset, batch_size, size = setting
  recipe = dataclasses.replace(
    RECIPES[dataset], batch_size=batch_size, bfloat16=True
  )
  settings = {"model": recipe.model, "activation": name, "batch": batch_size}
  try:
    rate, compiling = _rate(dataset, recipe, size, activation)
  except jax.errors.JaxRuntimeError as error:
    if not is_out_of_memory(error):
      raise
    visit.add("images", "out of memory", "", **settings)
    return first
  first = first or rate
  visit.add(
    "images",
    rate,
    "a second",
    **settings,
    percent_lost=round(100 * (1 - rate / first), 1),
    compile_seconds=round(compiling, 1),
  )
  return first


def _rate(
  dataset: str, recipe: Recipe, size: int, activation: Activation
) -> tuple[float, float]:
  """Images a second of steps on one batch, and seconds to compile."""
  classifier = CompiledClassifier(
    DATASETS[dataset],
    recipe,
    activation,
    steps_per_epoch=100,
    image_size=size,
    devices=jax.local_devices()[:1],
  )
  start = time.perf_counter()
  state = classifier.init([0])
  classifier.compile(state)
  compiling = time.perf_counter() - start
  batch = jax.device_put(_batch(dataset, recipe.batch_size, size))
  state, loss = classifier.step(state, [batch])
  jax.block_until_ready(loss)
  start = time.perf_counter()
  for _ in range(_STEPS):
    state, loss = classifier.step(state, [batch])
  jax.block_until_ready(loss)
  seconds = time.perf_counter() - start
  return _STEPS * recipe.batch_size / seconds, compiling


def _batch(dataset: str, count: int, size: int) -> Batch:
  """Normal pixels and random labels."""
  rng = np.random.default_rng(0)
  channels = DATASETS[dataset].image_shape[-1]
  pixels = rng.normal(size=(count, size, size, channels)).astype(np.float32)
  labels = rng.integers(0, DATASETS[dataset].num_classes, count)
  return Batch(pixels, labels.astype(np.int32), np.ones(count, np.float32))
