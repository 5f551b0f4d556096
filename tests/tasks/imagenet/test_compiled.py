"""Compiled classifiers: accuracy, loss, parts of a batch, devices, seeds."""

import dataclasses
import json
import math
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.imagenet.compiled import Accuracy
from tasks.imagenet.data.batches import Batch, full, padded
from tasks.imagenet.models import MODELS
from tests import ROOT, on_devices
from tests.tasks.imagenet import tiny

pytestmark = pytest.mark.usefixtures("tiny_models")


def _pictures(logits: np.ndarray) -> np.ndarray:
  """Images whose logits by `Pixels` are these."""
  images = np.zeros((len(logits), 64), np.float32)
  images[:, : logits.shape[1]] = logits
  return images.reshape(-1, 8, 8, 1)


def _hand_made() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
  """Logits, labels, and the number of logits greater than the label's."""
  rng = np.random.default_rng(0)
  logits = rng.permuted(np.tile(np.arange(10.0), (23, 1)), axis=1)
  ranks = np.resize([0, 4, 5, 9, 0, 1], 23)
  labels = np.argsort(-logits, axis=1)[np.arange(23), ranks]
  return logits, labels, ranks


@pytest.mark.parametrize("num_seeds", [1, 2])
def test_top1_and_top5_are_counted(num_seeds: int) -> None:
  """Padding would count as right: its label is 0, as are all its logits."""
  logits, labels, ranks = _hand_made()
  recipe = dataclasses.replace(tiny.RECIPE, model="pixels", batch_size=10)
  classifier = tiny.classifier(recipe, num_seeds=num_seeds)
  batches = [
    padded(_pictures(logits[i : i + 10]), labels[i : i + 10], 10)
    for i in range(0, 23, 10)
  ]
  assert batches[-1].mask.sum() == 3
  accuracy = classifier.test(classifier.init(range(num_seeds)), batches)
  assert isinstance(accuracy, Accuracy)
  assert accuracy.top1.tolist() == [sum(ranks == 0) / 23] * num_seeds
  assert accuracy.top5.tolist() == [sum(ranks < 5) / 23] * num_seeds


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_is_smoothed_cross_entropy(smoothing: float) -> None:
  """Szegedy et al., arXiv 1512.00567, section 7."""
  logits, labels, _ = _hand_made()
  recipe = dataclasses.replace(
    tiny.RECIPE, model="pixels", batch_size=23, label_smoothing=smoothing
  )
  classifier = tiny.classifier(recipe)
  _, loss = classifier.step(
    classifier.init([0]), [full(_pictures(logits), labels)]
  )
  logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
  of_labels = logs[np.arange(23), labels]
  expected = -(1 - smoothing) * of_labels - smoothing * logs.mean(axis=1)
  np.testing.assert_allclose(loss, expected.mean(), rtol=1e-6)


@pytest.mark.parametrize(
  "model", ["plain", pytest.param("small_vit", marks=pytest.mark.slow)]
)
def test_parts_of_a_batch_give_the_update_of_the_whole(model: str) -> None:
  batch = next(tiny.training_batches(0, 0))
  recipe = dataclasses.replace(tiny.PLAIN, model=model)
  initial = jax.device_get(tiny.classifier(recipe).init([0]))
  found = []
  for parts in (1, 4):
    classifier = tiny.classifier(dataclasses.replace(recipe, accumulate=parts))
    state = jax.tree.map(jnp.array, initial)
    found.append(jax.device_get(classifier.step(state, [batch])))
  (whole, loss), in_parts = found
  tiny.assert_close(in_parts, (whole, loss))
  moved = jax.tree.map(lambda a, b: np.abs(a - b).max(), whole, initial)
  assert max(jax.tree.leaves(moved.params)) > 1e-3
  assert math.isfinite(loss)


def test_parts_have_batch_statistics_of_their_own() -> None:
  """They are taken in one after the other, as if each were a step."""
  recipe = dataclasses.replace(tiny.RECIPE, accumulate=4)
  batch = next(tiny.training_batches(0, 0))
  classifier = tiny.classifier(recipe)
  initial = classifier.init([0])
  expected = jax.tree.map(jnp.copy, initial)
  state, _ = classifier.step(initial, [batch])
  part = dataclasses.replace(tiny.RECIPE, batch_size=16)
  alone = tiny.classifier(part)  # At step 0 its rate is 0.
  for k in range(4):
    small = Batch(*(values[k::4] for values in batch))
    after, _ = alone.step(jax.tree.map(jnp.copy, expected), [small])
    expected = expected._replace(statistics=after.statistics)
  tiny.assert_close(state.statistics, expected.statistics, 1e-6)


def losses_on_two_devices() -> None:
  """Prints losses, statistics and accuracy on one device and on two."""
  MODELS["normed"] = tiny.MODELS["normed"]
  found = []
  for devices in (jax.devices()[:1], jax.devices()):
    recipe = dataclasses.replace(tiny.RECIPE, rate_per_256=4.0)
    classifier = tiny.classifier(recipe, tiny.gelusine, devices=devices)
    state = classifier.init([0])
    assert classifier.compile(state)
    assert classifier.num_bytes > 0
    assert not classifier.compile(state)  # It is compiled once.
    batches, losses = tiny.training_batches(0, 0), []
    for _ in range(2 * tiny.STEPS):
      state, loss = classifier.step(state, [next(batches)])
      losses.append(float(loss))
    leaf = jax.tree.leaves(state.params)[0]
    assert len(leaf.sharding.device_set) == len(devices)
    means = [float(x.mean()) for x in jax.tree.leaves(state.statistics)]
    accuracy = classifier.test(state, tiny.test_batches())
    found.append([losses, means, float(accuracy.top1[0])])
  print(json.dumps(found))


@pytest.mark.slow
def test_two_devices_train_as_one() -> None:
  this = "tests.tasks.imagenet.test_compiled"
  done = subprocess.run(
    [sys.executable, "-c", f"import {this} as t; t.losses_on_two_devices()"],
    cwd=ROOT,
    env=on_devices(2),
    capture_output=True,
    text=True,
    timeout=300,
  )
  assert done.returncode == 0, done.stderr
  one, two = json.loads(done.stdout.splitlines()[-1])
  assert len(one[0]) == 2 * tiny.STEPS
  assert one[0][-1] < one[0][0] - 0.01
  np.testing.assert_allclose(two[0], one[0], rtol=0, atol=1e-5)
  np.testing.assert_allclose(two[1], one[1], rtol=0, atol=1e-5)
  assert two[2] == pytest.approx(one[2], abs=1.5 / tiny.DIGITS.num_test)


@pytest.mark.parametrize(("devices", "parts"), [(2, 1), (1, 3), (2, 3)])
def test_a_batch_that_cannot_be_divided(devices: int, parts: int) -> None:
  recipe = dataclasses.replace(tiny.RECIPE, batch_size=65, accumulate=parts)
  message = (
    rf"--batch_size=65 can't be divided among {devices} devices in {parts} "
    rf"parts; choose a multiple of {devices * parts}"
  )
  with pytest.raises(UserError, match=message):
    tiny.classifier(recipe, devices=jax.local_devices()[:1] * devices)


def test_seeds_side_by_side_are_as_alone() -> None:
  together = tiny.classifier(tiny.PLAIN, num_seeds=2)
  state = together.init([3, 5])
  streams = [tiny.training_batches(seed, 0) for seed in (3, 5)]
  losses = []
  for _ in range(tiny.STEPS):
    state, loss = together.step(state, [next(s) for s in streams])
    losses.append(jax.device_get(loss))
  accuracy = together.test(state, tiny.test_batches())
  alone = tiny.classifier(tiny.PLAIN)
  for index, seed in enumerate((3, 5)):
    own, stream = alone.init([seed]), tiny.training_batches(seed, 0)
    for step in range(tiny.STEPS):
      own, loss = alone.step(own, [next(stream)])
      np.testing.assert_allclose(losses[step][index], loss, atol=1e-5)
    same = jax.tree.map(lambda x, i=index: x[i], state.params)
    tiny.assert_close(same, own.params)
    found = alone.test(own, tiny.test_batches())
    assert found.top1 == pytest.approx(accuracy.top1[index], abs=0.003)
  assert abs(losses[0][0] - losses[0][1]) > 1e-3


def test_images_that_a_model_cannot_take() -> None:
  recipe = dataclasses.replace(tiny.RECIPE, model="vit_tiny")
  message = "vit_tiny with relu can't be built: images of 9x9 do not divide"
  with pytest.raises(UserError, match=message):
    tiny.classifier(recipe, image_size=9).check("relu")


@pytest.mark.slow
def test_parts_take_less_memory() -> None:
  recipe = dataclasses.replace(tiny.RECIPE, batch_size=1024)
  needed = []
  for parts in (1, 8):
    classifier = tiny.classifier(dataclasses.replace(recipe, accumulate=parts))
    classifier.compile(classifier.init([0]))
    needed.append(classifier.num_bytes)
  images = 1024 * 64 * 4
  assert images < needed[1] < needed[0] / 3
