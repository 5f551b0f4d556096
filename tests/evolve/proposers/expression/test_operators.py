"""Mutations of programs."""

import numpy as np
import pytest

from evolve import language
from evolve.proposers.expression import canonical, operators
from evolve.proposers.expression.render import render
from evolve.proposers.expression.simplify import simplify
from tests.evolve.proposers.expression.sources import WAVE, tidy


@pytest.mark.parametrize("operator", [op for op, _ in operators.OPERATORS])
def test_each_operator_changes_the_program(operator):
  before = tidy(WAVE)
  for seed in range(5):
    module = simplify(canonical.parse(WAVE))
    assert operator(module, np.random.default_rng(seed))
    child = render(module)
    language.check(child)
    assert child != before


def test_operators_find_no_site_in_the_identity():
  for operator in (
    operators.perturb_constants,
    operators.shrink,
    operators.replace_operation,
  ):
    module = canonical.parse("def activation(x):\n  return x\n")
    assert not operator(module, np.random.default_rng(0))
