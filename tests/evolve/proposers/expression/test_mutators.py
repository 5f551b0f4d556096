"""The mutators of syntax trees."""

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
  canonical,
  tree,
)
from evolve.proposers.expression.simplify import simplify
from tests.evolve.proposers.expression.sources import (
  GRID,
  WAVE,
  WRITTEN,
  outputs,
)


def children(parents, count, **options):
  mutator = ExpressionMutator(**options)
  return [
    mutator.propose(parents, np.random.default_rng(seed))
    for seed in range(count)
  ]


@pytest.mark.parametrize("name", activations.names())
def test_children_of_named_activations_follow_the_language(name):
  parents = [activations.source(name), WAVE]
  known = {normalise(parent) for parent in parents}
  for child in children(parents, 5):
    language.check(child)
    assert normalise(child) not in known


def test_children_of_written_programs_run():
  born = children([WRITTEN, WAVE], 10) + children([WAVE, WRITTEN], 10)
  assert {values.shape for values in outputs(*born)} == {GRID.shape}


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
  last = population[-12:]
  for child in last:
    assert tree.size(simplify(canonical.parse(child))) <= 40
    assert max(map(len, child.splitlines())) <= 80
  loaded = [language.load(child) for child in last]
  both = jax.jit(jax.vmap(lambda x: [jax.value_and_grad(f)(x) for f in loaded]))
  for child, (values, gradients) in zip(last, both(GRID), strict=True):
    assert np.isfinite(values).all(), child
    assert np.isfinite(gradients).all(), child


def test_large_parent_does_not_grow():
  parent = activations.source("phase_flip")
  limit = tree.size(simplify(canonical.parse(parent)))
  for child in children([parent, WAVE], 10, max_size=20):
    assert tree.size(simplify(canonical.parse(child))) <= limit


def test_random_programs_are_sensible():
  mutator = RandomMutator()
  rng = np.random.default_rng(0)
  programs = [mutator.propose([], rng) for _ in range(40)]
  values = outputs(*programs)
  sensible = [
    np.isfinite(v).all() and np.ptp(v) > 1e-2 and np.abs(v).max() < 1e3
    for v in values
  ]
  assert np.mean(sensible) > 0.9
  assert len(set(programs)) > 36
  # Pointwise: an element does not depend on its neighbours.
  loaded = [language.load(program) for program in programs]
  some = jax.jit(lambda x: [f(x) for f in loaded])(jnp.asarray(GRID[::50]))
  for program, value, alone in zip(programs, values, some, strict=True):
    np.testing.assert_allclose(
      alone, value[::50], rtol=1e-4, atol=1e-4, err_msg=program
    )


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
