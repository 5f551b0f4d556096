"""Tests of the niches."""

import jax
import numpy as np
import pytest

from evolve import activations, language
from evolve.admission.descriptors import (
  PROBE_GRID,
  Asymptote,
  Descriptors,
  describe,
)

VANISHING, BOUNDED, SUBLINEAR, LINEAR, SUPERLINEAR = Asymptote

# A program of size 1, where the text does not matter.
SOURCE = "def activation(x):\n  return x\n"


def describe_named(name: str) -> Descriptors:
  source = activations.source(name)
  values = jax.jit(language.load(source))(PROBE_GRID)
  return describe(source, np.asarray(values))


@pytest.mark.parametrize(
  "name, left, right",
  [
    ("relu", VANISHING, LINEAR),
    ("leaky_relu", LINEAR, LINEAR),
    ("elu", BOUNDED, LINEAR),
    ("softplus", VANISHING, LINEAR),
    ("sigmoid", VANISHING, BOUNDED),
    ("tanh", BOUNDED, BOUNDED),
    ("gelu", VANISHING, LINEAR),
    ("mish", VANISHING, LINEAR),
    ("sin", BOUNDED, BOUNDED),
    ("snake", LINEAR, LINEAR),
    ("gelusine", BOUNDED, LINEAR),
    ("gmtu", LINEAR, LINEAR),
    ("turbulent", SUBLINEAR, SUBLINEAR),
  ],
)
def test_asymptotes_of_named_activations(name, left, right):
  descriptors = describe_named(name)
  assert (descriptors.left, descriptors.right) == (left, right)


@pytest.mark.parametrize(
  "name, turns",
  [
    ("relu", 0),
    ("tanh", 0),
    ("softplus", 0),
    ("gelu", 1),
    ("swish", 1),
    ("mish", 1),
    # 24 / pi is 7.6, and 8 of the odd multiples of pi / 2 are within.
    ("sin", 8),
    # The slope 1 + sin(2 x) touches zero but never changes sign.
    ("snake", 0),
    ("gmtu", 4),
  ],
)
def test_turns_of_named_activations(name, turns):
  assert describe_named(name).turns == turns.bit_length()


@pytest.mark.parametrize("name", activations.names())
def test_every_named_activation_has_a_niche(name):
  descriptors = describe_named(name)
  assert 1 <= descriptors.complexity <= 7
  assert 0 <= descriptors.turns <= 6
  assert all(type(coordinate) is int for coordinate in descriptors.niche)


@pytest.mark.parametrize(
  "function, expected",
  [
    (lambda x: 0 * x, VANISHING),
    (lambda x: 1 / (1 + x**2), VANISHING),
    (lambda x: np.sin(40 * x), BOUNDED),
    (lambda x: np.log1p(np.abs(x)), SUBLINEAR),
    (lambda x: np.sqrt(np.abs(x)), SUBLINEAR),
    (lambda x: x + 5, LINEAR),
    (lambda x: x + 3 * np.sin(7 * x), LINEAR),
    (lambda x: x * np.sin(x), LINEAR),
    (lambda x: x**2, SUPERLINEAR),
    (lambda x: np.exp(np.abs(x)), SUPERLINEAR),
    (lambda x: np.where(np.abs(x) > 50, np.inf, x), SUPERLINEAR),
    (lambda x: np.full_like(x, np.nan), SUPERLINEAR),
  ],
)
def test_asymptote_of_a_symmetric_shape(function, expected):
  with np.errstate(all="ignore"):
    descriptors = describe(SOURCE, function(PROBE_GRID))
  assert descriptors.left is descriptors.right is expected


def test_turns_ignore_rounding_but_count_ripples():
  noise = np.random.default_rng(0).uniform(-1, 1, PROBE_GRID.shape)
  flat = 3 + np.finfo(np.float32).eps * noise
  assert describe(SOURCE, flat).turns == 0
  ripple = 3 + 0.01 * np.sin(PROBE_GRID)
  assert describe(SOURCE, ripple).turns == (8).bit_length()


def test_complexity_counts_what_is_computed_not_how_it_is_written():
  plain = "def activation(x):\n  return x + 0.1 * jnp.sin(2.5 * x)\n"
  wordy = '''
def activation(x: jax.Array) -> jax.Array:
  """Adds a wave."""
  amplitude = 0.1
  frequency = 2.5
  return x + amplitude * jnp.sin(frequency * x)
'''
  values = np.zeros_like(PROBE_GRID)
  # Eight of them: +, *, sin, *, and x, 0.1, 2.5, x.
  assert describe(plain, values).complexity == (8).bit_length()
  assert describe(plain, values) == describe(wordy, values)


def test_values_of_another_shape_are_refused():
  with pytest.raises(ValueError, match="have shape"):
    describe(SOURCE, PROBE_GRID[:-1])
