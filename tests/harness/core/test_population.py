"""Populations of tasks in words."""

import pytest

from harness.core.population import measure, population


@pytest.mark.parametrize(
  ("suite", "words"),
  [
    ("lab@2/64/0", "tasks of the lab's generators"),
    ("fresh@2/128/3", "tasks of the lab's generators"),
    ("heldout@2/64/0", "tasks of held-out generators"),
    (
      "lab@2/64/0+mine.py@1c5f:reasoning,rank",
      "tasks of the lab's generators and of mine.py (reasoning, rank)",
    ),
    (
      "tides/64/0+my.tides@1c5f",
      "tasks of the generators of tides and of my.tides",
    ),
    ("mine.py:evaluate@0b1d6e9a", "the objective mine.py:evaluate"),
  ],
)
def test_a_population_is_told_by_its_suite(suite: str, words: str) -> None:
  assert population(suite, drawn=True) == words


def test_a_fixed_set_of_tasks_is_no_population() -> None:
  suite = "lab@2/64/0:rank"
  assert population(suite, drawn=False) == "the tasks of lab@2/64/0:rank"


@pytest.mark.parametrize(
  ("suite", "word"),
  [
    ("lab@1", "OOD score"),
    ("lab@2/64/0+mine.py@0b1d6e9a:rank", "OOD score"),
    ("mine/3/0+mine.py@0b1d6e9a", "OOD score"),
    ("mine.py:evaluate@0b1d6e9a", "value"),
  ],
)
def test_an_objective_gives_values(suite: str, word: str) -> None:
  assert measure(suite) == word
