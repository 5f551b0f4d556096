"""Learning rates, weight decay and momentum of the recipes."""

import dataclasses
from typing import Any

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from tasks.imagenet.data.datasets import DATASETS
from tasks.imagenet.models import MODELS, model
from tasks.imagenet.recipes import RECIPES, Recipe


def test_every_data_set_has_a_recipe() -> None:
  assert RECIPES.keys() == DATASETS.keys()
  assert {recipe.model for recipe in RECIPES.values()} <= MODELS.keys()


def test_imagenet_is_trained_as_published() -> None:
  """Goyal et al., arXiv 1706.02677, sections 2.1, 2.2 and 5.1."""
  recipe = RECIPES["imagenet2012"]
  assert (recipe.model, recipe.epochs, recipe.warmup_epochs) == (
    "resnet50", 90, 5,
  )  # fmt: skip
  assert (recipe.momentum, recipe.weight_decay) == (0.9, 1e-4)
  for batch_size, peak in (256, 0.1), (512, 0.2), (8192, 3.2):
    rate = dataclasses.replace(recipe, batch_size=batch_size).learning_rate(100)
    assert rate(500) == pytest.approx(peak)  # After five epochs of 100 steps.
    assert rate(450) < rate(500) > rate(900)


# The peak, and epochs at which the rate is: half way up, at the peak, half way
# down, and at a quarter of the peak (a cosine is -1/2 after two thirds).
@pytest.mark.parametrize(
  ("name", "peak", "epochs"),
  [
    ("imagenet2012", 0.1, (2.5, 5, 47.5, 5 + 85 * 2 / 3)),
    ("cifar10", 0.1, (2.5, 5, 102.5, 135)),
    ("cifar100", 0.1, (2.5, 5, 102.5, 135)),
    ("fashion_mnist", 0.1, (0.5, 1, 2.5, 3)),
    ("digits", 0.05, (2.5, 5, 32.5, 5 + 55 * 2 / 3)),
  ],
)
def test_the_rate_rises_in_a_line_and_falls_as_half_a_cosine(
  name: str, peak: float, epochs: tuple[float, ...]
) -> None:
  recipe, steps = RECIPES[name], 600
  rate = recipe.learning_rate(steps)
  found = [float(rate(round(epoch * steps))) for epoch in epochs]
  expected = [peak / 2, peak, peak / 2, peak / 4]
  assert found == pytest.approx(expected, rel=1e-4)
  warmup = recipe.warmup_epochs
  assert rate(steps) == pytest.approx(peak / warmup)  # After one epoch.
  assert rate(0) == 0
  assert rate(recipe.epochs * steps) == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize(("epochs", "steps"), [(1, 1), (1, 22), (3, 5)])
def test_a_training_shorter_than_its_warmup(epochs: int, steps: int) -> None:
  recipe = dataclasses.replace(RECIPES["digits"], epochs=epochs)
  rate = recipe.learning_rate(steps)
  rates = np.array([rate(step) for step in range(epochs * steps)])
  assert np.isfinite(rates).all()
  assert rates.max() == rates[-1] > 0


def _params(name: str) -> Any:
  """Shapes by module and name."""
  side = 64 if name == "resnet50" else 32
  network = hk.transform_with_state(
    lambda images: model(name)(10, jax.nn.relu)(images, True)
  )
  image = jnp.zeros((1, side, side, 3))
  params, _ = jax.eval_shape(network.init, jax.random.PRNGKey(0), image)
  return params


def _moved(recipe: Recipe, params: Any, gradients: Any, steps: int) -> Any:
  optimiser = recipe.optimiser(100)
  state = optimiser.init(params)
  for _ in range(steps):
    updates, state = optimiser.update(gradients, state, params)
    params = optax.apply_updates(params, updates)
  return params


@pytest.mark.parametrize("name", MODELS)
def test_only_weights_decay(name: str) -> None:
  """Scales, offsets, biases, the class token and the positions do not."""
  shapes = _params(name)
  recipe = dataclasses.replace(
    RECIPES["imagenet2012"], warmup_epochs=0, weight_decay=0.01
  )
  # One number stands for all of a tensor: the optimiser knows no shapes.
  ones = jax.tree.map(lambda leaf: jnp.ones(()), shapes)
  zeros = jax.tree.map(jnp.zeros_like, ones)
  moved = _moved(recipe, ones, zeros, steps=1)
  decayed, kept = set(), set()
  for module, leaf, shape in hk.data_structures.traverse(shapes):
    # Norms have vectors, if with axes of one; a matrix has two true axes.
    is_matrix = sum(length > 1 for length in shape.shape) > 1
    expected = decayed if is_matrix and leaf != "positions" else kept
    expected.add(leaf)
    by = 0.1 * 0.01 * 1.9 if expected is decayed else 0.0  # 1.9: Nesterov.
    assert 1 - moved[module][leaf] == pytest.approx(by, abs=1e-6), module
  assert decayed == {"w"}
  others = {"token", "positions"} if name == "vit_tiny" else set()
  assert kept == {"scale", "offset", "b"} | others


def test_momentum_is_nesterovs() -> None:
  """Sutskever et al. 2013, as Goyal et al.: decay is part of the gradient."""
  recipe = dataclasses.replace(
    RECIPES["imagenet2012"], epochs=1000, warmup_epochs=0
  )
  params, gradient = {"linear": {"w": jnp.ones(())}}, 0.5
  gradients = {"linear": {"w": jnp.float32(gradient)}}
  moved = _moved(recipe, params, gradients, steps=5)
  weight, velocity = 1.0, 0.0
  for _ in range(5):
    slope = gradient + 1e-4 * weight
    velocity = 0.9 * velocity + slope
    weight -= 0.1 * (slope + 0.9 * velocity)
  assert moved["linear"]["w"] == pytest.approx(weight, abs=1e-5)
