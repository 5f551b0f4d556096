"""Tests of the mutators that need no language model."""

import ast
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from evolve import activations, language
from evolve.program import normalise
from evolve.proposers.expression import (
  ExpressionMutator,
  RandomMutator,
  blocks,
  canonical,
  crossover,
  operators,
  sites,
  tree,
)
from evolve.proposers.expression.render import render
from evolve.proposers.expression.simplify import simplify

GRID = np.linspace(-5, 5, 201, dtype=np.float32)

# What a language model might write: imports under other names, annotations, a
# helper, loops, branches, constants shared by several functions.
WRITTEN = '''
import jax.numpy as np
from jax.nn import gelu
from jax import nn

ALPHA = 0.3

def harmonics(t: jax.Array, power: int = 2):
  """A few waves."""
  total = np.zeros_like(t)
  for i in range(2, 5):
    total += np.sin(i * t) / (i + 1) ** power
  return total

def activation(x: jax.Array) -> jax.Array:
  """Gated waves."""
  steepness: float = 1.7
  # A comment.
  if x.ndim > 0:
    base = gelu(x)
  else:
    base = nn.relu(x)
  bend = lambda q: q * ALPHA
  return base + ALPHA * harmonics(steepness * x) + bend(x)
'''

WAVE = """
def activation(x):
  amplitude = 0.1
  frequency = 2.5
  return jax.nn.gelu(x) + amplitude * jnp.sin(frequency * x)
"""


def outputs(source: str) -> np.ndarray:
  return np.asarray(language.load(source)(jnp.asarray(GRID)))


def tidy(source: str) -> str:
  return render(simplify(canonical.parse(source)))


def children(parents, count, **options):
  mutator = ExpressionMutator(**options)
  return [
    mutator.propose(parents, np.random.default_rng(seed))
    for seed in range(count)
  ]


@pytest.mark.parametrize("name", activations.names())
def test_plain_form_computes_the_same(name):
  source = activations.source(name)
  np.testing.assert_allclose(
    outputs(tidy(source)), outputs(source), rtol=1e-5, atol=1e-5
  )


@pytest.mark.parametrize("source", [WRITTEN, WAVE])
def test_plain_form_of_written_programs_computes_the_same(source):
  plain = tidy(source)
  np.testing.assert_allclose(
    outputs(plain), outputs(source), rtol=1e-5, atol=1e-5
  )
  assert tidy(plain) == plain
  assert "import" not in plain and '"""' not in plain


@pytest.mark.parametrize("name", activations.names())
def test_children_of_named_activations_follow_the_language(name):
  parents = [activations.source(name), WAVE]
  known = {normalise(parent) for parent in parents}
  for child in children(parents, 5):
    language.check(child)
    assert normalise(child) not in known


def test_children_of_written_programs_run():
  for child in children([WRITTEN, WAVE], 10) + children([WAVE, WRITTEN], 10):
    assert outputs(child).shape == GRID.shape


def test_same_parents_and_generator_give_the_same_child():
  parents = [WRITTEN, WAVE]
  assert children(parents, 5) == children(parents, 5)
  assert len(set(children(parents, 20))) > 15


def test_generations_stay_small_finite_and_readable():
  mutator = ExpressionMutator(max_size=40)
  rng = np.random.default_rng(0)
  population = [activations.source(n) for n in ("relu", "gelusine", "tanh")]
  for _ in range(150):
    i, j = rng.integers(len(population), size=2)
    population.append(mutator.propose([population[i], population[j]], rng))
  for child in population[-12:]:
    assert tree.size(simplify(canonical.parse(child))) <= 40
    assert max(map(len, child.splitlines())) <= 80
    assert np.isfinite(outputs(child)).all()
    gradient = jax.vmap(jax.grad(language.load(child)))(GRID)
    assert np.isfinite(gradient).all()


def test_large_parent_does_not_grow():
  parent = activations.source("phase_flip")
  limit = tree.size(simplify(canonical.parse(parent)))
  for child in children([parent, WAVE], 10, max_size=20):
    assert tree.size(simplify(canonical.parse(child))) <= limit


def test_crossing_joins_code_of_both_parents():
  bend = "def activation(x):\n  return jnp.arctan(x)\n"
  module, partner = canonical.parse(WAVE), canonical.parse(bend)
  crossover.cross(module, partner, np.random.default_rng(1))
  child = render(simplify(module))
  assert "jnp.arctan" in child and "jnp.sin" in child
  # The partner is not used up.
  assert render(partner) == bend


def test_large_partner_becomes_a_helper():
  module, partner = canonical.parse(WAVE), canonical.parse(WRITTEN)
  crossover.cross(module, partner, np.random.default_rng(0))
  child = render(simplify(module))
  assert "def partner(x):" in child and "def harmonics(t" in child
  assert outputs(child).shape == GRID.shape


@pytest.mark.parametrize("operator", [op for op, _ in operators.OPERATORS])
def test_each_operator_changes_the_program(operator):
  before = tidy(WAVE)
  for seed in range(5):
    module = simplify(canonical.parse(WAVE))
    assert operator(module, np.random.default_rng(seed))
    child = render(module)
    language.check(child)
    assert child != before


def test_operators_say_where_there_is_nothing_to_do():
  for operator in (
    operators.perturb_constants,
    operators.shrink,
    operators.replace_operation,
  ):
    module = canonical.parse("def activation(x):\n  return x\n")
    assert not operator(module, np.random.default_rng(0))


def test_guards_keep_their_form():
  source = "def activation(x):\n  return x / jnp.sqrt(1 + jnp.square(x))\n"
  module = canonical.parse(source)
  free = [
    ast.unparse(s.node) for s in sites.of_program(module) if not s.guarded
  ]
  assert free == ["x / jnp.sqrt(1 + jnp.square(x))", "x", "x"]


def test_what_mixes_elements_keeps_its_axes():
  source = (
    "def activation(x):\n"
    "  size = 1\n"
    "  return jnp.roll(x, size, axis=-1) + x[..., :1] ** 2\n"
  )
  module = canonical.parse(source)
  found = [ast.unparse(s.node) for s in sites.of_program(module)]
  assert found == [
    "jnp.roll(x, 1, axis=-1) + x[..., :1] ** 2",
    "jnp.roll(x, 1, axis=-1)",
    "x",
    "x[..., :1] ** 2",
    "x[..., :1]",
  ]


@pytest.mark.parametrize(
  "expression, expected",
  [
    ("x * 1 + 0", "x"),
    ("2 * (3 * x)", "6 * x"),
    ("(x + 1) + 2", "x + 3"),
    ("x / 1 - 0 * jnp.sin(x)", "x"),
    ("jnp.abs(jnp.abs(x))", "jnp.abs(x)"),
    ("jnp.maximum(x, x)", "x"),
    ("jnp.where(x > 0, x, x)", "x"),
    ("x + (jnp.sin(x) - jnp.sin(x))", "x"),
    ("--x", "x"),
    ("x / 3", "x / 3"),
    ("(1 / 3) * x", "1 / 3 * x"),
    ("(-2) ** 2 * x", "(-2) ** 2 * x"),
    ("x - -2", "x + 2"),
  ],
)
def test_simplification(expression, expected):
  source = f"def activation(x):\n  return {expression}\n"
  assert tidy(source) == f"def activation(x):\n  return {expected}\n"


def test_unread_statements_are_dropped():
  source = """
def unused(t):
  return t

def activation(x):
  a = jnp.sin(x)
  b = a
  total = x
  for i in range(3):
    total = total + i
  return jnp.tanh(x)
"""
  assert tidy(source) == "def activation(x):\n  return jnp.tanh(x)\n"


def test_constants_get_names_by_role():
  block = "e + amplitude * jnp.sin(frequency * x)"
  rng = np.random.default_rng(0)
  module = canonical.parse("def activation(x):\n  return x\n")
  for _ in range(2):
    result = tree.result_of(tree.main_function(module))
    wave = blocks.fill(block, rng, "x", e=result)
    tree.replace(module, result, wave)
  lines = [line.strip() for line in render(module).splitlines()]
  assert [line.split(" = ")[0] for line in lines[1:-1]] == [
    "amplitude",
    "frequency",
    "amplitude_2",
    "frequency_2",
    "term",
  ]
  assert lines[-2:] == [
    "term = x + amplitude * jnp.sin(frequency * x)",
    "return term + amplitude_2 * jnp.sin(frequency_2 * x)",
  ]


def test_random_programs_are_sensible():
  mutator = RandomMutator()
  rng = np.random.default_rng(0)
  programs = [mutator.propose([], rng) for _ in range(40)]
  values = [outputs(program) for program in programs]
  sensible = [
    np.isfinite(v).all() and np.ptp(v) > 1e-2 and np.abs(v).max() < 1e3
    for v in values
  ]
  assert np.mean(sensible) > 0.9
  # Pointwise: an element does not depend on its neighbours.
  for program, value in zip(programs, values, strict=True):
    alone = language.load(program)(jnp.asarray(GRID[::50]))
    np.testing.assert_allclose(alone, value[::50], rtol=1e-4, atol=1e-4)
  assert len(set(programs)) > 36


def test_random_mutator_ignores_its_parents():
  first, second = (
    RandomMutator().propose(parents, np.random.default_rng(5))
    for parents in ([WAVE], [])
  )
  assert first == second


def test_no_parent_is_an_error():
  with pytest.raises(ValueError, match="at least one parent"):
    ExpressionMutator().propose([], np.random.default_rng(0))


def test_import_starts_no_jax():
  code = (
    "import sys, evolve.proposers.expression; sys.exit('jax' in sys.modules)"
  )
  assert subprocess.run([sys.executable, "-c", code]).returncode == 0
