"""Operators and mutators of searches that train parameters."""

import functools
import re

import numpy as np
import pytest

from evolve import activations
from evolve.language.parameters import MAX_PARAMETERS, numbers, trainable
from evolve.proposers.expression import (
  ExpressionMutator,
  RandomMutator,
  blocks,
  canonical,
  operators,
  tree,
)
from evolve.proposers.expression.render import render
from evolve.proposers.expression.simplify import simplify
from tests.evolve.proposers.expression.sources import GRID, WAVE, outputs

SWISH = "def activation(x, beta=1.0):\n  return x * jax.nn.sigmoid(beta * x)\n"


def _changed(source, operator, seed=0):
  """The program after an operator, which found a site."""
  module = simplify(canonical.parse(source))
  assert operator(module, np.random.default_rng(seed))
  return render(simplify(module))


@pytest.mark.parametrize(
  "source, expected",
  [
    (
      WAVE.replace("amplitude = 0.1", "").replace("amplitude * ", "").strip(),
      "def activation(x, frequency=2.5):\n"
      "  return jax.nn.gelu(x) + jnp.sin(frequency * x)\n",
    ),
    (
      "def activation(x):\n  return jnp.sin(-2.5 * x)\n",
      "def activation(x, frequency=-2.5):\n  return jnp.sin(frequency * x)\n",
    ),
    (
      "def activation(x, shift=1.0):\n  return jnp.tanh(x + shift) + 3\n",
      "def activation(x, shift=1.0, shift_2=3.0):\n"
      "  return jnp.tanh(x + shift) + shift_2\n",
    ),
  ],
)
def test_a_constant_becomes_a_parameter(source, expected):
  assert _changed(source, operators.add_parameter) == expected


@pytest.mark.parametrize(
  "source, expected",
  [
    (SWISH, "def activation(x):\n  return x * jax.nn.sigmoid(x)\n"),
    (
      "def activation(x, *, bend=-0.3):\n  return bend * x + jnp.cos(bend)\n",
      "def activation(x):\n  bend = -0.3\n  return bend * x + jnp.cos(bend)\n",
    ),
    (
      "def activation(x, axis=None, bend_2=0.3):\n"
      "  return bend_2 * jnp.flip(x, axis)\n",
      "def activation(x, axis=None):\n"
      "  bend = 0.3\n  return bend * jnp.flip(x, axis)\n",
    ),
  ],
)
def test_a_parameter_becomes_a_constant(source, expected):
  assert _changed(source, operators.remove_parameter) == expected


def test_a_role_becomes_one_parameter_at_all_of_its_places():
  module = canonical.parse("def activation(x):\n  return x\n")
  function = tree.main_function(module)
  block = "weight * e + (1 - weight) * b"
  wave = blocks.fill(
    block,
    np.random.default_rng(0),
    "x",
    e=tree.result_of(function),
    b=blocks.fill("jnp.sin(x)", np.random.default_rng(0), "x"),
  )
  tree.replace(module, tree.result_of(function), wave)
  operators.add_parameters(module, np.random.default_rng(0), most=1)
  (weight,) = numbers(render(module)).values()
  assert render(module) == (
    f"def activation(x, weight={weight}):\n"
    "  return weight * x + (1 - weight) * jnp.sin(x)\n"
  )


@pytest.mark.parametrize(
  "expression", ["x", "jnp.exp(-0.5 * jnp.square(x))", "x / (1.5 + x * x)"]
)
def test_what_keeps_a_function_in_its_domain_is_not_trained(expression):
  source = f"def activation(x):\n  return {expression}\n"
  child = _changed(source, operators.add_parameter)
  ((name, value),) = numbers(child).items()
  assert name in ("scale", "shift") and value not in (0.5, 1.5)
  assert all(constant in child for constant in re.findall(r"\d\.5", source))


def test_without_parameters_there_is_none_to_remove():
  module = canonical.parse(WAVE)
  assert not operators.remove_parameter(module, np.random.default_rng(0))


@functools.cache
def _generations(trains_parameters):
  mutator = ExpressionMutator(trains_parameters=trains_parameters)
  rng = np.random.default_rng(0)
  population = [WAVE, activations.source("gelu"), activations.source("tanh")]
  for _ in range(60):
    i, j = rng.integers(len(population), size=2)
    population.append(mutator.propose([population[i], population[j]], rng))
  return population


def test_constants_become_parameters_only_where_they_are_trained():
  counts = [len(trainable(child)) for child in _generations(True)]
  assert 0 < counts.count(0) < 55 and 1 < max(counts) <= MAX_PARAMETERS
  assert not any(map(numbers, _generations(False)))


def test_generations_with_parameters_run_and_are_readable():
  last = _generations(True)[-12:]
  assert {values.shape for values in outputs(*last)} == {GRID.shape}
  for child in last:
    assert max(map(len, child.splitlines())) <= 80


def test_random_programs_have_up_to_three_parameters():
  trained, frozen = (
    [
      RandomMutator(trains).propose([], np.random.default_rng(seed))
      for seed in range(30)
    ]
    for trains in (True, False)
  )
  counts = [len(trainable(program)) for program in trained]
  assert {*counts} == {0, 1, 2, 3}
  # They are the same functions before training.
  found = outputs(*trained, *frozen)
  for ours, theirs in zip(found[:30], found[30:], strict=True):
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)
