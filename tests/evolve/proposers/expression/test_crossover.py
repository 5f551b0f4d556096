"""Crossover of two programs."""

import numpy as np

from evolve.proposers.expression import canonical, crossover
from evolve.proposers.expression.render import render
from evolve.proposers.expression.simplify import simplify
from tests.evolve.proposers.expression.sources import (
  GRID,
  WAVE,
  WRITTEN,
  outputs,
)


def test_crossing_joins_code_of_both_parents():
  bend = "def activation(x):\n  return jnp.arctan(x)\n"
  module, partner = canonical.parse(WAVE), canonical.parse(bend)
  crossover.cross(module, partner, np.random.default_rng(1))
  child = render(simplify(module))
  assert "jnp.arctan" in child and "jnp.sin" in child
  # The partner does not change.
  assert render(partner) == bend


def test_large_partner_becomes_a_helper():
  module, partner = canonical.parse(WAVE), canonical.parse(WRITTEN)
  crossover.cross(module, partner, np.random.default_rng(0))
  child = render(simplify(module))
  assert "def partner(x):" in child and "def harmonics(t" in child
  (values,) = outputs(child)
  assert values.shape == GRID.shape
