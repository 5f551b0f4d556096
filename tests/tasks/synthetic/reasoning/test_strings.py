"""Answers of generators over strings, by way of Python's strings."""

import itertools
import re

import pytest

from tasks.lab.sample import Band
from tests.tasks.synthetic.reasoning.oracles import Instance, check


def _bracket_depth(one: Instance) -> list[int]:
  """Depths by a stack, of which a bracket takes several places."""
  opens, closes = one.parameters["opens"], one.parameters["closes"]
  stack: list[str] = []
  answers = []
  for letter in one.letters():
    if letter == 0:
      stack += ["("] * opens
    elif letter == 1:
      stack = stack[: max(len(stack) - closes, 0)]
    elif letter == 2:
      stack = []
    answers.append(len(stack))
  return answers


def _occurrences(one: Instance) -> int:
  p = one.parameters
  any_letters = "." * (p["gap"] - 1)
  pattern = f"(?=({p['first']}{any_letters}{p['last']}))"
  return len(re.findall(pattern, "".join(map(str, one.letters()))))


def _substitution_cost(one: Instance) -> float:
  pairs = zip(one.letters(num=3), one.letters(first=3), strict=True)
  return sum(one.parameters["costs"][a][b] for a, b in pairs)


def _runs(one: Instance) -> float:
  prices = one.parameters["prices"]
  return sum(prices[letter] for letter, _ in itertools.groupby(one.letters()))


def _mirrored(one: Instance) -> float:
  letters = one.letters()
  pairs = zip(letters, reversed(letters), strict=True)
  return sum(one.parameters["prices"][a][b] for a, b in pairs)


ORACLES = {
  "bracket_depth": _bracket_depth,
  "occurrences": _occurrences,
  "substitution_cost": _substitution_cost,
  "runs": _runs,
  "mirrored": _mirrored,
}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("band", list(Band))
def test_answers_agree_with_an_oracle(name: str, band: Band) -> None:
  check(name, band, ORACLES[name])
