"""Enumerated spaces, and the functions in them that differ."""

import numpy as np
import pytest

from evolve.proposers.spaces.enumeration import (
  INPUT,
  LARGE,
  SMALL,
  Enumeration,
  Shape,
)
from evolve.proposers.spaces.formula import parse

_TINY = Enumeration(
  Shape(("add", "sub"), (Shape(("zero", "tanh"), (INPUT,)),) * 2),
  Shape(("identity", "tanh", "negative"), (INPUT,)),
)


def test_formulas_are_numbered_in_order() -> None:
  texts = [str(_TINY.formula(i)) for i in range(len(_TINY))]
  assert texts == [
    *(
      f"{op}({a}(x), {b}(x))"
      for op in ("add", "sub")
      for a in ("zero", "tanh")
      for b in ("zero", "tanh")
    ),
    "identity(x)",
    "tanh(x)",
    "negative(x)",
  ]


def test_equal_functions_are_found_once() -> None:
  found = [str(_TINY.formula(i)) for i in _TINY.first_of_each()]
  assert found == [
    # 0 - 0 is 0 + 0, tanh - tanh, too; tanh - 0 is 0 + tanh.
    "add(zero(x), zero(x))",
    "add(zero(x), tanh(x))",
    "add(tanh(x), tanh(x))",
    "sub(zero(x), tanh(x))",
    "identity(x)",
    "negative(x)",
  ]


def test_the_spaces_have_as_many_formulas_as_published() -> None:
  assert (len(SMALL), len(LARGE)) == (5_103, 1_023_524)
  assert SMALL.formula(28) == parse("add(one(x), one(x))")
  assert LARGE.formula(len(LARGE) - 1) == parse("tanh(x)")
  assert LARGE.formula(27**4) == parse("zero(add(zero(x), zero(x)))")
  numbers = np.random.default_rng(0).integers(len(LARGE), size=300)
  formulas = {str(LARGE.formula(int(i))) for i in numbers}
  assert len(formulas) == len(set(numbers.tolist()))


def test_differing_functions_of_the_small_space() -> None:
  first = SMALL.first_of_each()
  assert len(first) == 2_791
  texts = {str(SMALL.formula(int(i))) for i in first}
  assert "add(one(x), identity(x))" in texts
  assert "add(identity(x), one(x))" not in texts


@pytest.mark.parametrize(
  ("text", "first"),
  [
    ("add(identity(x), one(x))", "add(one(x), identity(x))"),
    ("mul(sigmoid(x), identity(x))", "add(zero(x), swish(x))"),
    ("swish(x)", "add(zero(x), swish(x))"),  # No formula of the space.
    ("tanh(tanh(tanh(x)))", None),
  ],
)
def test_the_first_of_equal_functions(text: str, first: str | None) -> None:
  found = SMALL.first_equal(parse(text))
  assert found == (first and parse(first))


@pytest.mark.slow
def test_differing_functions_of_the_large_space() -> None:
  assert abs(len(LARGE.first_of_each()) - 387_210) < 50
