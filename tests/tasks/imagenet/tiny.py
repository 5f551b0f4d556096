"""Small networks, for trainings on digits that compile in a second."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np

from harness.core.fitness import Activation
from tasks.imagenet.compiled import CompiledClassifier
from tasks.imagenet.data import datasets, pipeline
from tasks.imagenet.data.batches import Batch
from tasks.imagenet.models.resnet import Design, ResNet
from tasks.imagenet.models.vgg import Vgg
from tasks.imagenet.models.vit import Size, ViT
from tasks.imagenet.recipes import Recipe

DIGITS = datasets.by_name("digits")
STEPS = 4  # Of an epoch, unless a test says otherwise.
RECIPE = Recipe(
  model="normed",
  epochs=2,
  batch_size=64,
  rate_per_256=0.4,
  warmup_epochs=1,
  weight_decay=1e-4,
  label_smoothing=0.1,
)
# It moves at its first step, too.
PLAIN = dataclasses.replace(RECIPE, model="plain", warmup_epochs=0)


class Plain(hk.Module):
  """A network without batch norm: an image's logits are its own."""

  def __init__(self, num_classes: int, activation: Activation):
    super().__init__()
    self._num_classes = num_classes
    self._activation = activation

  def __call__(self, images: jax.Array, is_training: bool) -> jax.Array:
    hidden = self._activation(hk.Linear(16)(hk.Flatten()(images)))
    logits: jax.Array = hk.Linear(self._num_classes)(hidden)
    return logits


class Pixels(hk.Module):
  """A network without weights: the first pixels of an image are its logits."""

  def __init__(self, num_classes: int):
    super().__init__()
    self._num_classes = num_classes

  def __call__(self, images: jax.Array, is_training: bool) -> jax.Array:
    return images.reshape(len(images), -1)[:, : self._num_classes]


# By their names in a recipe.
MODELS: dict[str, Any] = {
  "normed": lambda n, activation, dtype: Vgg((4,), n, activation, dtype),
  "small_vgg": lambda n, activation, dtype: Vgg((4, 8), n, activation, dtype),
  "plain": lambda n, activation, dtype: Plain(n, activation),
  "pixels": lambda n, activation, dtype: Pixels(n),
  "small_resnet": lambda n, activation, dtype: ResNet(
    Design((1,), (32,), True), n, activation, dtype
  ),
  "small_vit": lambda n, activation, dtype: ViT(
    Size(width=24, layers=1, heads=3), n, activation, dtype
  ),
}


def gelusine(x: jax.Array) -> jax.Array:
  return jax.nn.gelu(x) + 0.1 * jnp.sin(x)


def classifier(
  recipe: Recipe, activation: Activation = jax.nn.relu, **changes: Any
) -> CompiledClassifier:
  """A classifier of digits."""
  arguments = {"steps_per_epoch": STEPS, "image_size": 8} | changes
  return CompiledClassifier(DIGITS, recipe, activation, **arguments)


def training_batches(seed: int, step: int) -> Iterator[Batch]:
  """Batches of a recipe above, from a step on."""
  size = RECIPE.batch_size
  return pipeline.training_batches(DIGITS, None, size, seed, start_step=step)


def test_batches() -> Iterator[Batch]:
  return pipeline.test_batches(DIGITS, None, RECIPE.batch_size)


def assert_close(found: Any, expected: Any, tolerance: float = 1e-5) -> None:
  """Compares all leaves of two trees."""
  jax.tree.map(
    lambda a, b: np.testing.assert_allclose(a, b, rtol=0, atol=tolerance),
    found,
    expected,
  )
