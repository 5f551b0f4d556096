"""Programs in the answers of language models, as these write them."""

import random

import pytest

from evolve import language
from evolve.proposers.llm.extraction import NoProgramError, extract

PLAIN = "def activation(x):\n  return jnp.tanh(x)\n"
OTHER = "def activation(x):\n  return jnp.sin(x)\n"
BROKEN = "def activation(x):\n  return jnp.tanh(x\n"
GATE = "def gate(z):\n  return jax.nn.sigmoid(z)\n"
GATED = "def activation(x):\n  return x * gate(x)\n"
# Only whoever sees that it is a closed block keeps the comment.
COMMENTED = "# Odd.\n" + PLAIN
INDENTED = "".join(f"   {line}\n" for line in COMMENTED.splitlines())


def _fence(code, tag="python"):
  return f"```{tag}\n{code}```\n"


# Each answer with the program in it.
FENCED = {
  "prose_around": (
    f"Sure! Here is it:\n\n{_fence(PLAIN)}\nLet me know if it helps.",
    PLAIN,
  ),
  "no_tag": (_fence(COMMENTED, ""), COMMENTED),
  "short_tag": (_fence(COMMENTED, "py"), COMMENTED),
  "tag_after_a_space": (_fence(COMMENTED, " Python"), COMMENTED),
  "tag_with_attributes": (_fence(COMMENTED, '{.py title="a.py"}'), COMMENTED),
  "wrong_tag": (_fence(COMMENTED, "json"), COMMENTED),
  "tildes": (f"~~~python\n{COMMENTED}~~~", COMMENTED),
  "longer_than_three": (f"`````python\n{COMMENTED}`````", COMMENTED),
  "closed_by_a_longer_one": (f"```\n{COMMENTED}`````\nDone!", COMMENTED),
  "spaces_after_the_end": (f"```python  \n{COMMENTED}```  \nBye!", COMMENTED),
  "no_line_after_the_end": (f"```python\n{COMMENTED}```", COMMENTED),
  "in_a_list": (f"1. Code:\n\n   ```\n{INDENTED}   ```\n2. Why", COMMENTED),
  "in_a_list_of_a_list": (
    f"- Mine:\n  - Code:\n     ```\n\n{INDENTED}     ```\n- Why",
    COMMENTED,
  ),
  "in_a_list_untidily": (f"1. ```\n{INDENTED} print(1)\n   ```", COMMENTED),
  "on_the_mark_of_a_list": (f"1. ```\n{INDENTED}   ```\n2. Why", COMMENTED),
  "in_a_list_lazily": (f"- Code\n   ```\n{PLAIN}```\n- Why", PLAIN),
  "indented_by_tabs": (
    "\t```python\n\tdef activation(x):\n\t\treturn x\n\t```",
    "def activation(x):\n\treturn x\n",
  ),
  "contents_indented": (f"```python\n{INDENTED}```", COMMENTED),
  "end_indented": (f"```python\n{COMMENTED}  ```\nThis is it.", COMMENTED),
  "after_code_in_a_line": (
    f"```f(x)``` is odd:\n- ```\n{INDENTED}  ```\nBye",
    COMMENTED,
  ),
  "windows_line_ends": (
    f"Yes:\n{_fence(PLAIN)}\nBye".replace("\n", "\r\n"),
    PLAIN,
  ),
  "old_line_ends": (f"Yes:\n{_fence(PLAIN)}\nBye".replace("\n", "\r"), PLAIN),
  "not_closed": (f"Here:\n```python\n{PLAIN}", PLAIN),
  "not_closed_then_prose": (
    f"```python\n{PLAIN}\nThis function isn't linear (see above).\n\n- It\n",
    PLAIN,
  ),
  "closed_by_another_character": (f"```python\n{PLAIN}~~~\nBye", PLAIN),
  "end_with_prose_behind": (f"```python\n{PLAIN}``` Hope it helps", PLAIN),
  "first_of_two_not_closed": (
    f"```python\n{OTHER}\nOr better:\n```python\n{COMMENTED}```\nBye",
    COMMENTED,
  ),
  "second_is_no_program": (
    f"```python\n{PLAIN}\nTry it:\n```python\nprint(activation(1))\n```",
    PLAIN,
  ),
  "markdown_around": (
    f"````markdown\nMy answer:\n{_fence(PLAIN)}It is smooth.\n````",
    PLAIN,
  ),
  "markdown_around_as_short": (
    f"```markdown\nMy answer:\n{_fence(PLAIN)}It is smooth.\n```",
    PLAIN,
  ),
  "fence_in_a_docstring": (
    _fence('def activation(x):\n    """As\n    ```\n    x\n    ```"""\n'),
    'def activation(x):\n    """As\n    ```\n    x\n    ```"""\n',
  ),
  "other_entry_name": (
    _fence("def activation_function(x):\n  return x\n"),
    "def activation_function(x):\n  return x\n",
  ),
  "last_of_several": (
    f"Draft:\n{_fence(PLAIN)}\nFinal:\n{_fence(OTHER)}",
    OTHER,
  ),
  "last_that_parses": (_fence(PLAIN) + _fence(BROKEN), PLAIN),
  "last_if_none_parses": (
    _fence(BROKEN) + _fence("x =\n" + BROKEN),
    "x =\n" + BROKEN,
  ),
  "usage_in_a_block_of_its_own": (
    f"{_fence(PLAIN)}Use it so:\n{_fence('y = activation(1.0)', 'py')}",
    PLAIN,
  ),
  "shell_block_before": (
    f"{_fence('pip install jax', 'bash')}\n{_fence(PLAIN)}",
    PLAIN,
  ),
  "entry_name_is_a_prefix": (
    _fence(PLAIN) + _fence("def activation2(x):\n  return x\n"),
    PLAIN,
  ),
  "entry_only_called": (_fence(PLAIN) + _fence("activation(1)\n"), PLAIN),
  "entry_only_in_a_class": (
    _fence(PLAIN) + _fence("class A:\n  def activation(self, x): pass\n"),
    PLAIN,
  ),
  "entry_only_in_a_docstring": (
    _fence(PLAIN) + _fence('"""\ndef activation(x):\n"""\n'),
    PLAIN,
  ),
  "html_entities_stay": (
    _fence("def activation(x):\n  return x &lt; 0\n"),
    "def activation(x):\n  return x &lt; 0\n",
  ),
  "decorator_stays": (_fence("@jax.jit\n" + PLAIN), "@jax.jit\n" + PLAIN),
  "comments_stay": (
    _fence(f"# A squash.\nimport jax\n\n# The entry.\n{PLAIN}# Done.\n"),
    f"# A squash.\nimport jax\n\n# The entry.\n{PLAIN}",
  ),
  "coroutine": (_fence("async " + PLAIN), "async " + PLAIN),
  "two_entries_stay": (
    _fence(f"{PLAIN}A = 1\ndef activation_function(x):\n  return x\n"),
    f"{PLAIN}A = 1\ndef activation_function(x):\n  return x\n",
  ),
  "parses_but_does_not_compile": (
    _fence("def activation(x, x):\n  return x\nprint(1)\n"),
    "def activation(x, x):\n  return x\nprint(1)\n",
  ),
  "too_large_for_the_language": (
    _fence(f"{PLAIN}# {'-' * 30_000}\n"),
    f"{PLAIN}# {'-' * 30_000}\n",
  ),
  "code_outside_does_not_count": (f"{OTHER}\n{_fence(PLAIN)}{OTHER}", PLAIN),
}

BARE = {
  "code_only": (PLAIN, PLAIN),
  "no_last_line_end": (PLAIN.strip(), PLAIN),
  "other_entry_name": (
    "def activation_function(x)\n  return x\n",
    "def activation_function(x)\n  return x\n",
  ),
  "constants": (f"A, B = 0.1, 2\n{PLAIN}", f"A, B = 0.1, 2\n{PLAIN}"),
  "annotated": (f"A: float = 0.1\n{PLAIN}", f"A: float = 0.1\n{PLAIN}"),
  "byte_order_mark": ("\ufeff" + PLAIN, PLAIN),
  "prose_around": (
    f"Here is my function:\n\n{PLAIN}\nIt's smooth, isn't it?\nI hope so.",
    PLAIN,
  ),
  "prose_glued_on": (f"The function:\n{PLAIN}Explanation: it is odd.", PLAIN),
  "unbalanced_prose": (
    f"Note (first:\n{PLAIN}\n1) It is odd\n2) It's bounded (by 1\n[sic",
    PLAIN,
  ),
  "one_word_after": (f"{PLAIN}\nDone\n", PLAIN),
  "list_after": (f"{PLAIN}\n- odd\n- bounded by one\n", PLAIN),
  "heading_after": (f"{PLAIN}\n## Why\n\nIt is odd.\n", PLAIN),
  "formula_before": (
    f"Say\ny = x * tanh(x)\nis the idea. Then\n{PLAIN}",
    PLAIN,
  ),
  "import_in_prose": (
    f"from what you say I\nimport nothing here:\n\n{PLAIN}",
    PLAIN,
  ),
  "program_of_several_statements": (
    f"Code:\nimport jax\nA, B = 0.1, 2\nC: float = A\n\n{GATE}\n{GATED}\nBye!",
    f"import jax\nA, B = 0.1, 2\nC: float = A\n\n{GATE}\n{GATED}",
  ),
  "from_import": (
    f"Code:\nfrom jax.nn import tanh\n{PLAIN}Bye!",
    f"from jax.nn import tanh\n{PLAIN}",
  ),
  "decorator": (f"Code:\n@jax.jit\n{PLAIN}", f"@jax.jit\n{PLAIN}"),
  "lines_at_the_margin": (
    "So:\ndef activation(\n  x,\n):\n# Odd.\n  '''A\nB.'''\n  return x\nBye!",
    "def activation(\n  x,\n):\n# Odd.\n  '''A\nB.'''\n  return x\n",
  ),
  "prose_between": (
    f"First\nimport jax.nn as nn\nand then\n{GATE.replace('jax.', '')}"
    f"so that we have\n{GATED}which is it.",
    f"import jax.nn as nn\n{GATE.replace('jax.', '')}{GATED}",
  ),
  "last_of_several": (f"Either\n{PLAIN}Or rather\n{OTHER}Bye!", OTHER),
  "last_that_parses": (f"Either\n{PLAIN}Or rather\n{BROKEN}Bye!", PLAIN),
  "none_parses": (f"Code:\nimport jax\n{BROKEN}Bye bye!", BROKEN),
  "opening_behind_prose": (f"Here: ```python\n{PLAIN}```\nBye!", PLAIN),
  "opening_missing": (f"python\n{PLAIN}```\nThat is it.", PLAIN),
  "beside_a_block_of_something_else": (
    f"{PLAIN}\nUse it so:\n{_fence('activation(1.0)')}",
    PLAIN,
  ),
  "long_prose_after": (
    f"import jax\n{PLAIN}\n{'It is smooth. ' * 3_000}\n",
    "import jax\n" + PLAIN,
  ),
  "many_lines_after": (
    f"import jax\n{PLAIN}\n" + "- It is odd (see above).\n" * 300,
    "import jax\n" + PLAIN,
  ),
  "many_formulas_before": (
    "y = 2 x\n" * 3_000 + f"import jax\n{PLAIN}",
    "import jax\n" + PLAIN,
  ),
  "broken_below_a_comment": (
    "So:\ndef activation(x):\n  y = x\n# Odd.\n  return y +\nBye!",
    "def activation(x):\n  y = x\n# Odd.\n  return y +\n",
  ),
  "broken_below_a_bracket": (
    "So:\ndef activation(\n  x\n):\n  return x +\nBye!",
    "def activation(\n  x\n):\n  return x +\n",
  ),
  "in_tags": (f"<answer>\n{PLAIN}</answer>", PLAIN),
}

SPLIT = {
  "helper": (_fence(GATE) + _fence(GATED), GATE + GATED),
  "import": (
    _fence("import jax.numpy as jnp\n") + _fence(PLAIN),
    "import jax.numpy as jnp\n" + PLAIN,
  ),
  "from_import": (
    _fence("from jax.nn import sigmoid as gate\n") + _fence(GATED),
    "from jax.nn import sigmoid as gate\n" + GATED,
  ),
  "block_not_closed": (
    f"```python\n{GATE}And the rest:\n{_fence(GATED)}",
    GATE + GATED,
  ),
  "constants": (
    _fence("A, B = 1, 2\nC: int = 3\n")
    + _fence("def activation(x):\n  return B * C * x\n"),
    "A, B = 1, 2\nC: int = 3\ndef activation(x):\n  return B * C * x\n",
  ),
  "helper_of_a_helper": (
    _fence("import jax\n") + _fence(GATE) + "And:\n" + _fence(GATED),
    "import jax\n" + GATE + GATED,
  ),
  "helper_above_its_own_helper": (
    _fence("def gate(z):\n  return f(z)\ndef f(z):\n  return z\n")
    + _fence(GATED),
    "def gate(z):\n  return f(z)\ndef f(z):\n  return z\n" + GATED,
  ),
  "helper_in_a_draft": (_fence(GATE + PLAIN) + _fence(GATED), GATE + GATED),
  "helper_of_a_helper_beside_the_entry": (
    _fence("def f(z):\n  return z\n")
    + _fence("def gate(z):\n  return f(z)\n\n" + GATED),
    "def f(z):\n  return z\ndef gate(z):\n  return f(z)\n\n" + GATED,
  ),
  "helper_in_a_nested_function": (
    _fence(GATE)
    + _fence("def activation(x):\n  f = lambda z: gate(z)\n  return f(x)\n"),
    GATE + "def activation(x):\n  f = lambda z: gate(z)\n  return f(x)\n",
  ),
  "last_version_of_a_helper": (
    _fence("def gate(z):\n  return z\n") + _fence(GATE) + _fence(GATED),
    GATE + GATED,
  ),
  "helper_told_again": (_fence(GATE) + _fence(GATE + GATED), GATE + GATED),
  "helper_below_is_not_taken": (_fence(GATED) + _fence(GATE), GATED),
  "unused_is_not_taken": (
    _fence("import numpy as np\n" + GATE) + _fence(PLAIN),
    PLAIN,
  ),
  "local_names_are_no_use": (
    _fence("x = jnp.ones(3)\ny = 2\n")
    + _fence("def activation(x):\n  y = x\n  return y\n"),
    "def activation(x):\n  y = x\n  return y\n",
  ),
  "statements_of_other_kinds_are_not_taken": (
    _fence("if True:\n  gate = 1\nfor gate in (1, 2):\n  pass\nprint(gate)\n")
    + _fence(GATED),
    GATED,
  ),
  "broken_block_is_not_taken": (
    _fence(GATE + "def f(:\n") + _fence(GATED),
    GATED,
  ),
  "other_entry_is_not_taken": (
    _fence("def activation_function(x):\n  return x\n")
    + _fence("def activation(x):\n  return activation_function(x)\n"),
    "def activation(x):\n  return activation_function(x)\n",
  ),
}

EXAMPLES = {
  "main": (
    f"{PLAIN}\nif __name__ == '__main__':\n  x = 1.0\n  print(activation(x))\n",
    PLAIN,
  ),
  "calls": (f"{PLAIN}\nprint(activation(1.0))\nplt.show()\n", PLAIN),
  "statements": (
    f"{PLAIN}\nassert activation(0) == 0\nfor i in range(3):\n  print(i)\n",
    PLAIN,
  ),
  "plot": (
    f"{PLAIN}\n# Example:\nimport matplotlib.pyplot as plt\n"
    "x = jnp.linspace(-3, 3)\ny = activation(x)\nplt.plot(x, y)\n",
    PLAIN,
  ),
  "test": (f"{PLAIN}\ndef test():\n  assert activation(0) == 0\n", PLAIN),
  "needed_below_stays": (
    f"{GATED}print(1)\n\n# Smooth.\n{GATE}\nprint(2)\n",
    f"{GATED}\n# Smooth.\n{GATE}",
  ),
  "constant_needed_below_stays": (
    "def activation(x):\n  return A * x\nB = 2\nA = B\nf()\nA *= B\nC = 3\n",
    "def activation(x):\n  return A * x\nB = 2\nA = B\nA *= B\n",
  ),
  "all_kinds_needed_below_stay": (
    f"{GATED}class A:\n  pass\nasync def gate(z):\n  return A\nprint(1)\n",
    f"{GATED}class A:\n  pass\nasync def gate(z):\n  return A\n",
  ),
  "attribute_of_the_entry": (f"{PLAIN}activation.__name__ = 'a'\n", PLAIN),
  "rebound_entry_stays": (
    f"{PLAIN}print(1)\nactivation = wrap(activation)\n",
    f"{PLAIN}activation = wrap(activation)\n",
  ),
  "above_the_entry_all_stays": (
    f"A = 1\nprint(A)\nif A:\n  B = 2\n{PLAIN}",
    f"A = 1\nprint(A)\nif A:\n  B = 2\n{PLAIN}",
  ),
}

THINKING = {
  "before": (f"<think>\nHm, tanh?\n</think>\n\n{_fence(PLAIN)}", PLAIN),
  "holds_a_draft": (f"<think>{_fence(OTHER)}</think>\n{PLAIN}", PLAIN),
  "opened_by_the_prompt": (f"Or\n{_fence(OTHER)}</think>{PLAIN}", PLAIN),
  "talks_of_its_end": (
    f"<think>Before </think> I draft\n{_fence(OTHER)}</think>\n{PLAIN}",
    PLAIN,
  ),
  "talks_of_its_start": (
    f"<think>After <think> I draft\n{_fence(OTHER)}</think>\n{PLAIN}",
    PLAIN,
  ),
  "draft_not_closed": (f"<think>\n```\n{OTHER}</think>\n{PLAIN}", PLAIN),
  "after_the_answer": (f"{PLAIN}\n<think>\n{OTHER}</think>", PLAIN),
  "other_tag": (f"{PLAIN}\n<thinking>\n{OTHER}</thinking>", PLAIN),
  "thought": (f"{PLAIN}\n<thought>\n{OTHER}</thought>", PLAIN),
  "reasoning": (f"{PLAIN}\n<reasoning>\n{OTHER}</reasoning>", PLAIN),
  "brackets": (f"{PLAIN}\n[THINK]\n{OTHER}[/THINK]", PLAIN),
  "long": (f"<think>{'So. ' * 50_000}</think>\n{_fence(PLAIN)}", PLAIN),
}

CHARACTERS = {
  "surrogate": (_fence("# \ud83d\n" + PLAIN), "# ?\n" + PLAIN),
  "null": (_fence("# \0\n" + PLAIN), "# \ufffd\n" + PLAIN),
  "null_in_prose": (f"{PLAIN}\nBye \0!\n", PLAIN),
  "line_separators_are_no_line_ends": (
    _fence("# \x0b \x85 \u2028 \x1c.\n" + PLAIN),
    "# \x0b \x85 \u2028 \x1c.\n" + PLAIN,
  ),
}

ANSWERS = {
  f"{group}-{name}": case
  for group, cases in {
    "fenced": FENCED,
    "bare": BARE,
    "split": SPLIT,
    "example": EXAMPLES,
    "thinking": THINKING,
    "characters": CHARACTERS,
  }.items()
  for name, case in cases.items()
}

NOT_FOUND = "found no function; write one in Python, `def activation(x):`"
REFUSED = {
  "empty": ("", NOT_FOUND),
  "blank": (" \r\n\t\n", NOT_FOUND),
  "prose": ("I would try def and import: a smooth activation(x).", NOT_FOUND),
  "only_thinking": (f"<think>{PLAIN}", NOT_FOUND),
  "empty_block": ("```python\n```", NOT_FOUND),
  "lambda": (_fence("activation = lambda x: x\n"), NOT_FOUND),
  "expression": (_fence("x * jnp.tanh(x)\n"), NOT_FOUND),
  "method": (
    _fence("class A:\n  def activation(self, x):\n    return x\n"),
    NOT_FOUND,
  ),
  "other_name": (
    "Here:\n" + _fence("def swish2(x):\n  return x\n"),
    "found function `swish2`, but the function must be called `activation`",
  ),
  "other_name_in_a_list": (
    "- ```\n  def swish2(x):\n    return x\n  ```",
    "found function `swish2`, but the function must be called `activation`",
  ),
  "other_name_among_prose": (
    "Here:\ndef swish2(x):\n  return x\nBye!",
    "found function `swish2`, but the function must be called `activation`",
  ),
  "other_name_in_a_broken_block": (
    _fence("def Activation(x)\n  return x\n"),
    "found function `Activation`, but the function must be called `activation`",
  ),
  "entry_name_is_a_prefix": (
    _fence("def activation2(x)\n  return x\n"),
    "found function `activation2`, but the function must be called "
    "`activation`",
  ),
  "entry_in_a_docstring": (_fence(f"'''\n{PLAIN}'''\n"), NOT_FOUND),
  "other_name_twice": (
    _fence("def f(x):\n  return x\n") * 2,
    "found function `f`, but the function must be called `activation`",
  ),
  "entry_in_a_function": (
    _fence("def make():\n  def activation(x):\n    return x\n"),
    "found function `make`, but the function must be called `activation`",
  ),
  "long_name": (
    _fence(f"def {'f' * 999}(x):\n  return x\n"),
    f"found function `{'f' * 40}`, but the function must be called "
    "`activation`",
  ),
  "other_names": (
    _fence("".join(f"def f{i}(x):\n  return x\n" for i in range(9))),
    "found functions `f0`, `f1`, `f2`, `f3`, but one must be called "
    "`activation`",
  ),
  "beyond_the_limit": (f"{'So. ' * 20_000}\n{PLAIN}", NOT_FOUND),
  "across_the_limit": (
    "#" * 65_500 + "\n" + PLAIN + "  # So.\n" * 9,
    NOT_FOUND,
  ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_finds_the_program(name):
  answer, program = ANSWERS[name]
  assert extract(answer) == program


@pytest.mark.parametrize("name", REFUSED)
def test_says_what_was_found_instead(name):
  answer, sentence = REFUSED[name]
  with pytest.raises(NoProgramError) as raised:
    extract(answer)
  assert str(raised.value) == sentence


def test_what_comes_after_the_limit_does_not_count():
  padding = "So. " * 16_000 + "\n"
  assert extract(padding + PLAIN + "\n" + "junk\n" * 200_000) == PLAIN
  assert extract(padding + _fence(PLAIN) + " ".join("junk" * 200_000)) == PLAIN
  assert extract(_fence(PLAIN) + padding * 2 + _fence(OTHER)) == PLAIN


@pytest.mark.parametrize(
  "junk",
  [
    *("\0", "`", "~", "(", "\n", " ", "\t```\n", "```\n", "'''\n", "<think>"),
    *("</think>", "1. ", "\ud800", "\\", "def activation(x):\n", "@a\n", "é("),
    *("def activation(", "a = (\n", "import a\n", "[THINK]", "lambda:"),
  ],
)
@pytest.mark.parametrize("start", ["", "```\n", PLAIN, PLAIN[:-2]])
def test_a_megabyte_of_junk_raises_nothing_else(start, junk):
  answer = start + junk * (1_000_000 // len(junk))
  for text in (answer, answer[: len(start) + 9_000]):
    _check_total(text)


FRAGMENTS = [
  *(PLAIN, OTHER, BROKEN, GATE, GATED, INDENTED, "def activation", "async "),
  *("```", "```python\n", "~~~", "````", "\n", "\r\n", "\r", "   ", "\t", "- "),
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
def test_cut_and_pasted_fragments_raise_nothing_else(seed):
  rng = random.Random(seed)
  programs = 0
  for _ in range(60):
    pieces = rng.choices(FRAGMENTS, k=rng.randrange(1, 25))
    programs += _check_total(rng.choice(["", "\n"]).join(pieces))
  assert 0 < programs < 60


def _check_total(answer):
  """Whether an answer holds a program; fails on any other outcome."""
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
def test_what_does_not_parse_is_left_to_the_language_to_reject(name):
  with pytest.raises(language.LanguageError, match=r"line [12]: .*not Python"):
    language.check(extract(ANSWERS[name][0]))
