"""Parameters of programs, and those that can't be trained."""

import pytest

from evolve import language
from evolve.language import LanguageError, parameters


def _program(arguments: str) -> str:
  return f"def activation(x{arguments}):\n  return jnp.tanh(x)\n"


def test_numbers_with_their_values() -> None:
  source = _program(", alpha=1.5, beta=-2, *, gamma=1e-3, exact=True")
  expected = {"alpha": 1.5, "beta": -2.0, "gamma": 1e-3}
  assert parameters.numbers(source) == expected


def test_an_argument_of_a_helper_is_none() -> None:
  source = "def f(y, k=2.0):\n  return k * y\n" + _program("")
  assert parameters.numbers(source) == {}


def test_all_of_them_can_be_trained() -> None:
  assert parameters.trainable(_program(", a=1, b=-0.5")) == {
    "a": 1.0,
    "b": -0.5,
  }


def test_one_before_a_slash_is_given_by_name() -> None:
  source = "def activation(x, a=1.0, /, b=2.0):\n  return a * x + b\n"
  assert parameters.trainable(source) == {"a": 1.0, "b": 2.0}
  assert language.load(source)(3.0, a=2.0) == 8.0


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    (", a=True", r"`a=True` is not allowed; give it a finite number"),
    (", a=1e999", "is not allowed; give it a finite number"),
    (", a=-1e999", "is not allowed; give it a finite number"),
    (", a=None", r"`a=None` is not allowed"),
    (", a=jnp.pi", r"`a=jnp.pi` is not allowed"),
    (", a=(1.0, 2.0)", "is not allowed"),
    (
      "".join(f", a{i}=0.0" for i in range(17)),
      "training 17 parameters is not allowed; at most 16 can be trained",
    ),
  ],
)
def test_what_cannot_be_trained_is_one_line(
  arguments: str, message: str
) -> None:
  with pytest.raises(LanguageError, match=f"^line 1: .*{message}"):
    parameters.trainable(_program(arguments))


@pytest.mark.parametrize(
  ("arguments", "message"),
  [
    (", a", "further arguments need default values"),
    (", *args", "`args` is not allowed; name each one"),
  ],
)
def test_what_is_no_parameter_is_one_line(arguments: str, message: str) -> None:
  with pytest.raises(LanguageError, match=f"^line 1: .*{message}"):
    language.load(_program(arguments))
