"""Programs are found in the answers of language models."""

import random

import pytest

from evolve import language
from evolve.proposers.llm.extraction import NoProgramError, extract
from tests.evolve.proposers.llm.answers import (
  ANSWERS,
  BROKEN,
  GATE,
  GATED,
  INDENTED,
  OTHER,
  PLAIN,
  REFUSED,
  fence,
)
from tests.evolve.proposers.llm.formats import FORMATS, REFUSED_FORMATS


@pytest.mark.parametrize(
  ("answer", "program"),
  [pytest.param(*v, id=k) for k, v in (ANSWERS | FORMATS).items()],
)
def test_finds_the_program(answer, program):
  assert extract(answer) == program


@pytest.mark.parametrize(
  ("answer", "sentence"),
  [pytest.param(*v, id=k) for k, v in (REFUSED | REFUSED_FORMATS).items()],
)
def test_an_answer_without_an_entry_function_says_what_it_holds(
  answer, sentence
):
  with pytest.raises(NoProgramError) as raised:
    extract(answer)
  assert str(raised.value) == sentence


def test_text_after_the_limit_does_not_count():
  padding = "So. " * 16_000 + "\n"
  assert extract(padding + PLAIN + "\n" + "junk\n" * 200_000) == PLAIN
  assert extract(padding + fence(PLAIN) + " ".join("junk" * 200_000)) == PLAIN
  assert extract(fence(PLAIN) + padding * 2 + fence(OTHER)) == PLAIN


@pytest.mark.parametrize(
  "junk",
  [
    *("\0", "`", "~", "(", "\n", " ", "\t```\n", "```\n", "'''\n", "<think>"),
    *("</think>", "1. ", "\ud800", "\\", "def activation(x):\n", "@a\n", "é("),
    *(
      "<|channel|>analysis",
      "<|end|>",
      '{"',
      '{"a":',
      '["',
      "\u25c1think\u25b7",
    ),
    *("def activation(", "a = (\n", "import a\n", "[THINK]", "lambda:"),
  ],
)
def test_long_junk_raises_nothing_else(junk):
  _check_total(junk * (100_000 // len(junk)))
  for start in ("", "```\n", PLAIN, PLAIN[:-2]):
    _check_total(start + junk * (9_000 // len(junk)))


FRAGMENTS = [
  *(PLAIN, OTHER, BROKEN, GATE, GATED, INDENTED, "def activation", "async "),
  *("```", "```python\n", "~~~", "````", "\n", "\r\n", "\r", "   ", "\t", "- "),
  *('{"code": "', '"}', "<|channel|>analysis<|message|>", "<|end|>"),
  *("1. ", "<think>", "</think>", "[/THINK]", "import jax", "from a import b"),
  *("@f\n", "activation = ", "(", ")", "[", "{", "'", '"""', "#", "\\", ";"),
  *("return x", "if x:\n", "else:\n", "class A:\n", "print(1)\n", "x = 1\n"),
  *("\0", "\ud800", "\ufeff", "\u2028", "\x0c", "é", "&lt;", "It's so.\n"),
  *("lambda: " * 90, "(" * 210, "-" * 9_000, "[x for x in " * 20, "9" * 5_000),
  *(
    "global x\n",
    "nonlocal x\n",
    "await x\n",
    "def f(x, x): pass\n",
    "del x\n",
  ),
]


@pytest.mark.parametrize("seed", range(20))
def test_shuffled_fragments_raise_nothing_else(seed):
  rng = random.Random(seed)
  programs = 0
  for _ in range(60):
    pieces = rng.choices(FRAGMENTS, k=rng.randrange(1, 25))
    programs += _check_total(rng.choice(["", "\n"]).join(pieces))
  assert 0 < programs < 60


def _check_total(answer):
  """Returns if an answer holds a program; fails on any other error."""
  try:
    program = extract(answer)
  except NoProgramError as error:
    assert 0 < len(str(error)) < 300
    return False
  assert isinstance(program, str)
  program.encode()
  return True


@pytest.mark.parametrize(
  "name", ["bare-none_parses", "fenced-last_if_none_parses"]
)
def test_flawed_programs_are_left_to_the_language_to_reject(name):
  with pytest.raises(language.LanguageError, match=r"line [12]: .*not Python"):
    language.check(extract(ANSWERS[name][0]))
