"""Random formulas of the published spaces, and their evolution."""

import numpy as np
import pytest

from evolve import activations
from evolve.proposers.spaces import SPACES, operators
from evolve.proposers.spaces.formula import Formula, of_program, parse, source
from evolve.proposers.spaces.mutators import EvolvedFormulas, RandomFormulas

TREES, CORE_UNITS = SPACES["trees"], SPACES["core_units"]


def _draws(name: str, count: int = 200) -> list[Formula]:
  rng = np.random.default_rng(1)
  return [SPACES[name].draw(rng) for _ in range(count)]


def test_sets_of_operators_are_those_of_the_papers() -> None:
  assert len(operators.UNARY) == 27 and len(operators.BINARY) == 7
  assert len(operators.SWISH_UNARY) == 25 and len(operators.SWISH_BINARY) == 10
  table = operators.OPERATORS
  for names, arity in (
    (operators.UNARY + operators.SWISH_UNARY, 1),
    (operators.BINARY + operators.SWISH_BINARY, 2),
  ):
    assert {table[name].arity for name in names} == {arity}
  # 2301.05785 learns no parameter in them.
  plain = operators.UNARY + operators.BINARY
  assert not any(table[name].has_parameter for name in plain)


def test_trees_are_full() -> None:
  shapes = {(f.height, len(f.operations())) for f in _draws("trees")}
  # A core unit, and one of core units.
  assert shapes == {(2, 3), (4, 9)}


def test_core_units_nest_up_to_three_deep() -> None:
  draws = _draws("core_units")
  assert {f.height for f in draws} == {2, 4, 6}
  assert all(CORE_UNITS.has(f) for f in draws)
  # Levels of binary and unary operators take turns.
  for formula in draws:
    for path, part in formula.operations():
      assert len(part.operands) == 2 - len(path) % 2


def test_a_mutant_differs_in_one_operator() -> None:
  rng = np.random.default_rng(2)
  for formula in _draws("trees"):
    mutant = TREES.mutate(formula, rng)
    pairs = zip(formula.parts(), mutant.parts(), strict=True)
    differing = [
      one for (_, one), (_, two) in pairs if _label(one) != _label(two)
    ]
    assert len(differing) == 1 and TREES.has(mutant)


def _label(part: Formula) -> tuple[str, int]:
  return part.operator, len(part.operands)


def test_crossover_takes_an_equally_high_part() -> None:
  rng = np.random.default_rng(3)
  one = parse("add(tanh(x), mul(erf(x), erf(x)))")
  two = parse("max(exp(abs(x)), zero(x))")
  found = {str(TREES.cross(one, two, rng)) for _ in range(200)}
  assert found == {
    # The whole is as high as the other; products are as high as exp(abs(x)).
    str(two),
    "add(tanh(x), exp(abs(x)))",
    *(
      f"add({a}(x), mul({b}(x), {c}(x)))"
      for a, b, c in (
        ("abs", "erf", "erf"), ("zero", "erf", "erf"),
        ("tanh", "abs", "erf"), ("tanh", "zero", "erf"),
        ("tanh", "erf", "abs"), ("tanh", "erf", "zero"),
      )
    ),
  }  # fmt: skip


@pytest.mark.parametrize("name", SPACES)
def test_mutators_repeat_themselves_and_stay_in_their_space(name: str) -> None:
  space = SPACES[name]
  for mutator in (RandomFormulas(space), EvolvedFormulas(space)):
    parents = [source(formula) for formula in _draws(name, 4)]
    for seed in range(30):
      children = [
        mutator.propose(parents, np.random.default_rng(seed)) for _ in range(2)
      ]
      assert children[0] == children[1]
      formula = of_program(children[0])
      assert formula is not None and space.has(formula)


def test_parents_of_other_spaces_are_passed_over() -> None:
  parent = parse("max(tanh(x), erf(x))")
  sources = [
    activations.source("relu"), source(parse("x")), source(parse("sin(x)")),
    source(parent),
  ]  # fmt: skip
  mutator = EvolvedFormulas(TREES)
  found = {
    of_program(mutator.propose(sources, np.random.default_rng(seed)))
    for seed in range(40)
  }
  for formula in found:
    assert formula is not None
    parts = zip(parent.parts(), formula.parts(), strict=True)
    assert sum(_label(a) != _label(b) for (_, a), (_, b) in parts) == 1
  # Without a parent of the space, the child is drawn.
  child = mutator.propose(sources[:3], np.random.default_rng(0))
  assert of_program(child) == TREES.draw(np.random.default_rng(0))
