"""Programs that differ in some of their numbers only."""

import pytest

from evolve.proposers.template import Template

LINE = Template(("def activation(x):\n  return ", " * x + ", "\n"))


def test_numbers_are_read_back_exactly() -> None:
  numbers = (-0.1234, 1e-05)
  program = LINE.source(numbers)
  assert program == "def activation(x):\n  return -0.1234 * x + 1e-05\n"
  assert LINE.numbers(program) == numbers


def test_each_number_has_its_place() -> None:
  with pytest.raises(ValueError, match="shorter"):
    LINE.source([1.0])


def test_another_program_is_refused() -> None:
  with pytest.raises(ValueError, match="not a program of the template"):
    LINE.numbers("def activation(x):\n  return jnp.tanh(x)\n")
