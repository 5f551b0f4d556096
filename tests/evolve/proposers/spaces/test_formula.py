"""Formulas, their text and their programs."""

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from evolve import activations, language
from evolve.language.parameters import numbers
from evolve.program import Program
from evolve.proposers.spaces import SPACES, operators
from evolve.proposers.spaces.formula import (
  Formula,
  X,
  of_program,
  parse,
  source,
)
from harness.core.parameters import Share

_TEXT = "mul(scale(tanh(x)), mix(x, sub(erf(x), x)))"


def test_text_and_tree_are_inverse() -> None:
  formula = parse(_TEXT)
  assert str(formula) == _TEXT and parse(str(formula)) == formula
  assert formula.operands[0] == Formula("scale", (Formula("tanh", (X,)),))
  assert (formula.height, X.height) == (4, 0)
  assert [part.operator for _, part in formula.operations()] == [
    "mul", "scale", "tanh", "mix", "sub", "erf",
  ]  # fmt: skip


@pytest.mark.parametrize(
  "text",
  ["tanh", "tanh()", "tanh(x, x)", "add(x)", "tan(x)", "y", "x(", "", "1"],
)
def test_other_text_is_no_formula(text: str) -> None:
  with pytest.raises(ValueError):
    parse(text)


def test_a_part_is_replaced_at_its_path() -> None:
  formula = parse("add(tanh(x), max(x, exp(x)))")
  parts = dict(formula.parts())
  assert str(parts[1, 1]) == "exp(x)"
  assert str(formula.replaced((1, 1), X)) == "add(tanh(x), max(x, x))"
  assert formula.replaced((), X) == X


def test_a_program_computes_its_formula() -> None:
  text = source(parse(_TEXT))
  assert numbers(text) == {"beta_1": 1.0, "beta_2": 1.0}
  activation = language.load(text)
  x = np.linspace(-2, 2, 9, dtype=np.float32)
  inner = 0.3 * x + 0.7 * (scipy.special.erf(x) - x)
  expected = 0.5 * np.tanh(x) * inner
  found = activation(jnp.asarray(x), beta_1=0.5, beta_2=0.3)  # type: ignore[call-arg]
  np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_a_formula_is_read_from_its_program_alone() -> None:
  formula = parse(_TEXT)
  program = Program(source(formula))
  assert of_program(program.source) == formula
  assert of_program(program.sharing(Share.CHANNEL).source) == formula
  assert of_program(program.source.replace("tanh(x)", "sin(x)", 1)) is None
  assert of_program("def activation(x):\n  '''tanh(x)'''\n  return x") is None
  assert of_program(activations.source("relu")) is None
  assert of_program("no program") is None


@pytest.mark.parametrize("name", operators.OPERATORS)
def test_every_operator_is_of_the_language(name: str) -> None:
  arity = operators.OPERATORS[name].arity
  text = source(Formula(name, (X,) * arity))
  assert of_program(text) == Formula(name, (X,) * arity)
  y = language.load(text)(jnp.full((3,), 0.5))
  assert y.shape == (3,) and y.dtype == jnp.float32
  assert bool(jnp.isfinite(y).all()) or name == "div"


@pytest.mark.parametrize("name", SPACES)
def test_long_formulas_are_read_again(name: str) -> None:
  rng = np.random.default_rng(0)
  for _ in range(100):
    formula = SPACES[name].draw(rng)
    text = source(formula)
    assert of_program(text) == formula
    assert max(map(len, text.splitlines())) <= 100
    assert Program(text).id != Program(source(X)).id
