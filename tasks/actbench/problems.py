"""Problems that a network of three small layers learns in a second."""

import functools
from collections.abc import Callable, Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from tasks.imagenet.data.late_import import late_import

_ARMS, _TURN, _NOISE = 5, 7.0, 0.12  # Radians.
_SCALE = 6**0.5  # Coordinates of variance 1.
_NUM_TRAIN, _NUM_TEST = 1000, 1000
_NUM_DIGITS = 1_029  # Eight writers; three follow.


class Examples(NamedTuple):
  """Inputs and their classes.

  Attributes:
    x: [N, features].
    labels: int32 [N].
  """

  x: jax.Array
  labels: jax.Array


class Problem(NamedTuple):
  """Examples to train and to test on."""

  train: Examples
  test: Examples


def spirals(of_train: jax.Array, of_test: jax.Array) -> Problem:
  """Five spirals in the plane, drawn anew for each key.

  They turn as far as it takes for ReLU to have trouble with them.
  """
  return Problem(
    _draw_spirals(of_train, _NUM_TRAIN), _draw_spirals(of_test, _NUM_TEST)
  )


def _draw_spirals(key: jax.Array, count: int) -> Examples:
  """Points at uniform distances from the centre, with noise on the angle."""
  of_arm, of_radius, of_angle = jax.random.split(key, 3)
  arms = jax.random.randint(of_arm, (count,), 0, _ARMS)
  radius = jax.random.uniform(of_radius, (count,))
  angle = 2 * jnp.pi * arms / _ARMS + _TURN * radius
  angle += _NOISE * jax.random.normal(of_angle, (count,))
  points = jnp.stack([jnp.sin(angle), jnp.cos(angle)], -1)
  return Examples(_SCALE * radius[:, None] * points, arms)


def digits(of_train: jax.Array, of_test: jax.Array) -> Problem:
  """scikit-learn's handwritten digits, by writers that training never saw.

  Both parts are of the training images of harness.imagenet, whose test images
  report and never choose, while a search may begin with what is best here.
  """
  del of_train, of_test  # One split.
  return Problem(*(Examples(*map(jnp.asarray, part)) for part in _digits()))


@functools.cache
def _digits() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
  """Standardised by the training images, [N, 64], and labels, of both parts."""
  images = late_import("digits").read("train")
  flat = images.pixels.reshape(-1, 64).astype(np.float32)
  parts = slice(_NUM_DIGITS), slice(_NUM_DIGITS, None)
  mean, spread = flat[parts[0]].mean(0), flat[parts[0]].std(0)
  spread[spread == 0] = 1.0  # Corners are always empty.
  return tuple(
    ((flat[part] - mean) / spread, images.labels[part]) for part in parts
  )


PROBLEMS: Mapping[str, Callable[[jax.Array, jax.Array], Problem]] = {
  "digits": digits,
  "spirals": spirals,
}
NUM_CLASSES: Mapping[str, int] = {"digits": 10, "spirals": _ARMS}
