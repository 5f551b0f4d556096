"""Programs taken apart into a structure and constants."""

import numpy as np
import pytest

from evolve import activations, language
from evolve.program import Program
from evolve.proposers.expression.simplify import round_constant
from evolve.proposers.tuning.constants import split
from harness.core.parameters import Share
from tests.evolve.programs import entry
from tests.evolve.proposers.expression.sources import WAVE, WRITTEN, outputs
from tests.evolve.proposers.mutated import PROGRAMS, SLOW, cases

NAMED = {name: activations.source(name) for name in activations.names()}
SOURCES = {**NAMED, **PROGRAMS, "written": WRITTEN, "wave": WAVE}


@pytest.mark.parametrize("name", cases(SOURCES))
def test_a_child_has_the_structure_of_its_parent(name: str) -> None:
  structure, constants = split(SOURCES[name])
  rng = np.random.default_rng(0)
  others = tuple(
    round_constant(c * np.exp(0.3 * rng.normal())) for c in constants
  )
  child = structure.source(others)
  language.check(child)
  assert structure.numbers(child) == others
  assert split(child) == (structure, others)


@pytest.mark.parametrize(
  "names",
  [
    pytest.param(sorted(SOURCES.keys() - SLOW), id="fast"),
    pytest.param(sorted(SLOW), id="slow", marks=pytest.mark.slow),
  ],
)
def test_with_its_own_constants_a_program_is_the_same_function(
  names: list[str],
) -> None:
  sources = [SOURCES[name] for name in names]
  rebuilt = []
  for source in sources:
    structure, constants = split(source)
    rebuilt.append(structure.source(constants))
  found = outputs(*sources, *rebuilt)
  for i, name in enumerate(names):
    np.testing.assert_allclose(
      found[i], found[len(sources) + i], rtol=1e-4, atol=1e-4, err_msg=name
    )


@pytest.mark.parametrize(
  ("body", "constants"),
  [
    ("return jnp.tanh(2 * x) ** 3", ()),
    ("return jnp.maximum(x, 0.0)", (0.0,)),
    ("return x / (0.0 + jnp.abs(x + 1))", ()),  # Folded away.
    ("return jnp.sqrt(1.0 + x * x) - 0.5", (1.0, 0.5)),
    ("shift = 0.3\ny = x + shift\nreturn jnp.where(y > 0, y, shift)", (0.3,)),
    ("return jnp.sum(x, axis=-1, keepdims=True) * x * -0.1", (-0.1,)),
    ("return jax.nn.leaky_relu(x, 0.01)", ()),
  ],
)
def test_what_is_a_constant(body: str, constants: tuple[float, ...]) -> None:
  assert split(entry(body))[1] == constants


def test_equal_constants_have_names_of_their_own() -> None:
  structure, constants = split(entry("return 0.7 * jnp.sin(0.7 * x) + 0.7"))
  assert constants == (0.7, 0.7, 0.7)
  assert structure.source((0.5, 0.5, 1.0)) == (
    "def activation(x):\n"
    "  scale = 0.5\n"
    "  frequency = 0.5\n"
    "  shift = 1.0\n"
    "  return scale * jnp.sin(frequency * x) + shift\n"
  )


def test_parameters_are_constants_unless_they_are_trained() -> None:
  source = (
    "def activation(x, beta=1.0, n=2):\n"
    "  scale = 0.7\n"
    "  return scale * jnp.tanh(beta * x) ** n\n"
  )
  structure, constants = split(source)
  assert constants == (1.0, 0.7)
  assert structure.source((1.5, 0.5)) == (
    source.replace("1.0", "1.5").replace("0.7", "0.5")
  )
  structure, constants = split(Program(source).sharing(Share.LAYER).source)
  assert constants == (0.7,)
  assert structure.source((0.5,)) == source.replace("0.7", "0.5")
