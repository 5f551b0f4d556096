"""PANGAEA's mutations, and the places of parameters."""

import numpy as np
import pytest

from evolve.proposers.pangaea import mutations
from evolve.proposers.spaces.formula import Formula, X, parse

_FORMULA = parse("add(tanh(x), max(x, exp(x)))")


def _operators(formula: Formula) -> list[str]:
  return [part.operator for _, part in formula.operations()]


def _arities(formula: Formula) -> list[int]:
  return [len(part.operands) for _, part in formula.parts()]


def test_first_formulas_have_two_or_three_operators() -> None:
  rng = np.random.default_rng(0)
  shapes = {tuple(_arities(mutations.draw(rng))) for _ in range(100)}
  assert shapes == {(1, 1, 0), (2, 1, 0, 1, 0)}


def test_insertion_adds_an_operator() -> None:
  rng = np.random.default_rng(0)
  grown = [mutations.insert(_FORMULA, rng) for _ in range(300)]
  assert all(len(_operators(g)) == len(_operators(_FORMULA)) + 1 for g in grown)
  # Around the whole, and at inputs; before and after the input.
  assert any(len(g.operands) == 1 for g in grown)
  assert any(
    g.operands[1:] == (_FORMULA,) and g.operands[0] == X for g in grown
  )
  assert any(g.operands == (_FORMULA, X) for g in grown)
  assert all(mutations.insert(X, rng).operands for _ in range(20))


def test_removal_leaves_an_operand() -> None:
  rng = np.random.default_rng(0)
  found = {str(mutations.remove(_FORMULA, rng)) for _ in range(200)}
  assert found >= {
    "tanh(x)", "max(x, exp(x))", "add(x, max(x, exp(x)))",
    "add(tanh(x), x)", "add(tanh(x), exp(x))", "add(tanh(x), max(x, x))",
  }  # fmt: skip
  alone = mutations.remove(parse("tanh(x)"), rng)
  assert alone.height == 1 and alone.operator != "tanh"


def test_a_change_is_of_one_and_regeneration_of_all() -> None:
  rng = np.random.default_rng(0)
  for mutation, count in ((mutations.change, 1), (mutations.regenerate, 4)):
    for _ in range(30):
      mutant = mutation(_FORMULA, rng)
      assert _arities(mutant) == _arities(_FORMULA)
      pairs = zip(_operators(mutant), _operators(_FORMULA), strict=True)
      assert sum(new != old for new, old in pairs) == count


def test_all_mutations_are_used() -> None:
  rng = np.random.default_rng(0)
  counts = {
    len(_operators(mutations.mutate(_FORMULA, rng))) for _ in range(100)
  }
  assert counts >= {3, 4, 5}


@pytest.mark.parametrize("formula", [_FORMULA, X], ids=str)
def test_parameters_multiply_up_to_three_parts(formula: Formula) -> None:
  rng = np.random.default_rng(0)
  counts = set()
  for _ in range(200):
    found = mutations.parametrised(formula, rng)
    counts.add(_operators(found).count("scale"))
    assert mutations.without_parameters(found) == formula
    # No part has two.
    assert "scale(scale(" not in str(found)
  assert counts == ({0, 1} if formula is X else {0, 1, 2, 3})
