"""Answers as language models write them, with the programs in them."""

PLAIN = "def activation(x):\n  return jnp.tanh(x)\n"
OTHER = "def activation(x):\n  return jnp.sin(x)\n"
BROKEN = "def activation(x):\n  return jnp.tanh(x\n"
GATE = "def gate(z):\n  return jax.nn.sigmoid(z)\n"
GATED = "def activation(x):\n  return x * gate(x)\n"
IMPORTING = "import jax\ndef activation(x):\n  return jax.nn.relu(x)\n"
SCALED = "def activation(x):\n  return A * x\n"
# Only whoever sees that it is a closed block keeps the comment.
COMMENTED = "# Odd.\n" + PLAIN
INDENTED = "".join(f"   {line}\n" for line in COMMENTED.splitlines())


def fence(code, tag="python"):
  return f"```{tag}\n{code}```\n"


# Each answer with the program in it.
FENCED = {
  "prose_around": (
    f"Sure! Here is it:\n\n{fence(PLAIN)}\nLet me know if it helps.",
    PLAIN,
  ),
  "no_tag": (fence(COMMENTED, ""), COMMENTED),
  "short_tag": (fence(COMMENTED, "py"), COMMENTED),
  "tag_after_a_space": (fence(COMMENTED, " Python"), COMMENTED),
  "tag_with_attributes": (fence(COMMENTED, '{.py title="a.py"}'), COMMENTED),
  "wrong_tag": (fence(COMMENTED, "json"), COMMENTED),
  "tildes": (f"~~~python\n{COMMENTED}~~~", COMMENTED),
  "longer_than_three": (f"`````python\n{COMMENTED}`````", COMMENTED),
  "no_line_after_the_end": (f"```python\n{COMMENTED}```", COMMENTED),
  "in_a_list": (f"1. Code:\n\n   ```\n{INDENTED}   ```\n2. Why", COMMENTED),
  "in_a_list_of_a_list": (
    f"- Mine:\n  - Code:\n     ```\n\n{INDENTED}     ```\n- Why",
    COMMENTED,
  ),
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
    f"Yes:\n{fence(PLAIN)}\nBye".replace("\n", "\r\n"),
    PLAIN,
  ),
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
  "markdown_around": (
    f"````markdown\nMy answer:\n{fence(PLAIN)}It is smooth.\n````",
    PLAIN,
  ),
  "markdown_around_as_short": (
    f"```markdown\nMy answer:\n{fence(PLAIN)}It is smooth.\n```",
    PLAIN,
  ),
  "fence_in_a_docstring": (
    fence('def activation(x):\n    """As\n    ```\n    x\n    ```"""\n'),
    'def activation(x):\n    """As\n    ```\n    x\n    ```"""\n',
  ),
  "other_entry_name": (
    fence("def activation_function(x):\n  return x\n"),
    "def activation_function(x):\n  return x\n",
  ),
  "last_of_several": (
    f"Draft:\n{fence(PLAIN)}\nFinal:\n{fence(OTHER)}",
    OTHER,
  ),
  "last_that_parses": (fence(PLAIN) + fence(BROKEN), PLAIN),
  "last_if_none_parses": (
    fence(BROKEN) + fence("x =\n" + BROKEN.replace("tanh", "sin")),
    BROKEN.replace("tanh", "sin"),
  ),
  "usage_in_a_block_of_its_own": (
    f"{fence(PLAIN)}Use it so:\n{fence('y = activation(1.0)', 'py')}",
    PLAIN,
  ),
  "shell_block_before": (
    f"{fence('pip install jax', 'bash')}\n{fence(PLAIN)}",
    PLAIN,
  ),
  "entry_name_is_a_prefix": (
    fence(PLAIN) + fence("def activation2(x):\n  return x\n"),
    PLAIN,
  ),
  "entry_only_called": (fence(PLAIN) + fence("activation(1)\n"), PLAIN),
  "entry_only_in_a_class": (
    fence(PLAIN) + fence("class A:\n  def activation(self, x): pass\n"),
    PLAIN,
  ),
  "decorator_stays": (fence("@jax.jit\n" + PLAIN), "@jax.jit\n" + PLAIN),
  "comments_stay": (
    fence(f"# A gate.\n{GATE}\n# The entry.\n{GATED}# Done.\n"),
    f"# A gate.\n{GATE}\n# The entry.\n{GATED}",
  ),
  "coroutine": (fence("async " + PLAIN), "async " + PLAIN),
  "last_of_two_entries": (
    fence(f"{PLAIN}A = 1\ndef activation_function(x):\n  return x\n"),
    "def activation_function(x):\n  return x\n",
  ),
  "last_of_two_versions": (fence(f"{PLAIN}\n{OTHER}"), OTHER),
  "parses_but_does_not_compile": (
    fence("def activation(x, x):\n  return x\nprint(1)\n"),
    "def activation(x, x):\n  return x\n",
  ),
  "too_large_for_the_language": (
    fence(f"{PLAIN}# {'-' * 30_000}\n"),
    f"{PLAIN}# {'-' * 30_000}\n",
  ),
  "code_outside_does_not_count": (f"{OTHER}\n{fence(PLAIN)}{OTHER}", PLAIN),
}

BARE = {
  "code_only": (PLAIN, PLAIN),
  "no_last_line_end": (PLAIN.strip(), PLAIN),
  "other_entry_name": (
    "def activation_function(x)\n  return x\n",
    "def activation_function(x)\n  return x\n",
  ),
  "constants": (f"A, B = 0.1, 2\n{SCALED}", f"A, B = 0.1, 2\n{SCALED}"),
  "annotated": (f"A: float = 0.1\n{SCALED}", f"A: float = 0.1\n{SCALED}"),
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
  "program_of_several_statements": (
    f"Code:\nimport jax\nB, C = 0.1, 2\nA: float = B\n\n{GATE}\n"
    "def activation(x):\n  return A * gate(x)\nBye!",
    f"import jax\nB, C = 0.1, 2\nA: float = B\n{GATE}"
    "def activation(x):\n  return A * gate(x)\n",
  ),
  "from_import": (
    f"Code:\nfrom jax.nn import sigmoid as gate\n{GATED}Bye!",
    f"from jax.nn import sigmoid as gate\n{GATED}",
  ),
  "decorator": (f"Code:\n@jax.jit\n{PLAIN}", f"@jax.jit\n{PLAIN}"),
  "lines_at_the_margin": (
    "So:\ndef activation(\n  x,\n):\n# Odd.\n  return x\nBye!",
    "def activation(\n  x,\n):\n# Odd.\n  return x\n",
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
    f"{PLAIN}\nUse it so:\n{fence('activation(1.0)')}",
    PLAIN,
  ),
  "long_prose_after": (
    f"{IMPORTING}\n{'It is smooth. ' * 3_000}\n",
    IMPORTING,
  ),
  "many_lines_after": (
    f"{IMPORTING}\n" + "- It is odd (see above).\n" * 300,
    IMPORTING,
  ),
  "many_formulas_before": (
    "y = 2 x\n" * 3_000 + IMPORTING,
    IMPORTING,
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
  "helper": (fence(GATE) + fence(GATED), GATE + GATED),
  "import": (
    fence("import jax.numpy as jnp\n") + fence(PLAIN),
    "import jax.numpy as jnp\n" + PLAIN,
  ),
  "from_import": (
    fence("from jax.nn import sigmoid as gate\n") + fence(GATED),
    "from jax.nn import sigmoid as gate\n" + GATED,
  ),
  "block_not_closed": (
    f"```python\n{GATE}And the rest:\n{fence(GATED)}",
    GATE + GATED,
  ),
  "constants": (
    fence("A, B = 1, 2\nC: int = 3\n")
    + fence("def activation(x):\n  return B * C * x\n"),
    "A, B = 1, 2\nC: int = 3\ndef activation(x):\n  return B * C * x\n",
  ),
  "helper_of_a_helper": (
    fence("import jax\n") + fence(GATE) + "And:\n" + fence(GATED),
    "import jax\n" + GATE + GATED,
  ),
  "helper_above_its_own_helper": (
    fence("def gate(z):\n  return f(z)\ndef f(z):\n  return z\n")
    + fence(GATED),
    "def gate(z):\n  return f(z)\ndef f(z):\n  return z\n" + GATED,
  ),
  "helper_in_a_draft": (fence(GATE + PLAIN) + fence(GATED), GATE + GATED),
  "helper_of_a_helper_beside_the_entry": (
    fence("def f(z):\n  return z\n")
    + fence("def gate(z):\n  return f(z)\n\n" + GATED),
    "def f(z):\n  return z\ndef gate(z):\n  return f(z)\n\n" + GATED,
  ),
  "helper_in_a_nested_function": (
    fence(GATE)
    + fence("def activation(x):\n  f = lambda z: gate(z)\n  return f(x)\n"),
    GATE + "def activation(x):\n  f = lambda z: gate(z)\n  return f(x)\n",
  ),
  "last_version_of_a_helper": (
    fence("def gate(z):\n  return z\n") + fence(GATE) + fence(GATED),
    GATE + GATED,
  ),
  "helper_told_again": (fence(GATE) + fence(GATE + GATED), GATE + GATED),
  "helper_below_is_not_taken": (fence(GATED) + fence(GATE), GATED),
  "unused_is_not_taken": (
    fence("import numpy as np\n" + GATE) + fence(PLAIN),
    PLAIN,
  ),
  "local_names_are_no_use": (
    fence("x = jnp.ones(3)\ny = 2\n")
    + fence("def activation(x):\n  y = x\n  return y\n"),
    "def activation(x):\n  y = x\n  return y\n",
  ),
  "all_that_binds_a_name_is_taken": (
    fence("if True:\n  gate = 1\nfor gate in (1, 2):\n  pass\nprint(gate)\n")
    + fence(GATED),
    f"if True:\n  gate = 1\nfor gate in (1, 2):\n  pass\n{GATED}",
  ),
  "helper_in_a_broken_block": (
    fence(GATE + "def f(:\n") + fence(GATED),
    GATE + GATED,
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
  "attribute_of_the_entry": (f"{PLAIN}activation.__name__ = 'a'\n", PLAIN),
  "rebound_entry_stays": (
    f"{PLAIN}print(1)\nactivation = wrap(activation)\n",
    f"{PLAIN}activation = wrap(activation)\n",
  ),
  "unused_above_the_entry": (
    f"import numpy as np\nA = 1\nprint(A)\nif A:\n  B = 2\n{SCALED}",
    f"A = 1\n{SCALED}",
  ),
}

THINKING = {
  "before": (f"<think>\nHm, tanh?\n</think>\n\n{fence(PLAIN)}", PLAIN),
  "holds_a_draft": (f"<think>{fence(OTHER)}</think>\n{PLAIN}", PLAIN),
  "opened_by_the_prompt": (f"Or\n{fence(OTHER)}</think>{PLAIN}", PLAIN),
  "talks_of_its_end": (
    f"<think>Before </think> I draft\n{fence(OTHER)}</think>\n{PLAIN}",
    PLAIN,
  ),
  "draft_not_closed": (f"<think>\n```\n{OTHER}</think>\n{PLAIN}", PLAIN),
  "after_the_answer": (f"{PLAIN}\n<think>\n{OTHER}</think>", PLAIN),
  "other_tag": (f"{PLAIN}\n<thinking>\n{OTHER}</thinking>", PLAIN),
  "thought": (f"{PLAIN}\n<thought>\n{OTHER}</thought>", PLAIN),
  "reasoning": (f"{PLAIN}\n<reasoning>\n{OTHER}</reasoning>", PLAIN),
  "brackets": (f"{PLAIN}\n[THINK]\n{OTHER}[/THINK]", PLAIN),
  "long": (f"<think>{'So. ' * 50_000}</think>\n{fence(PLAIN)}", PLAIN),
}

CHARACTERS = {
  "surrogate": (fence("# \ud83d\n" + PLAIN), "# ?\n" + PLAIN),
  "null": (fence("# \0\n" + PLAIN), "# \ufffd\n" + PLAIN),
  "null_in_prose": (f"{PLAIN}\nBye \0!\n", PLAIN),
  "line_separators_are_no_line_ends": (
    fence("# \x0b \x85 \u2028 \x1c.\n" + PLAIN),
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
  "lambda": (fence("activation = lambda x: x\n"), NOT_FOUND),
  "expression": (fence("x * jnp.tanh(x)\n"), NOT_FOUND),
  "method": (
    fence("class A:\n  def activation(self, x):\n    return x\n"),
    NOT_FOUND,
  ),
  "other_name": (
    "Here:\n" + fence("def swish2(x):\n  return x\n"),
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
    fence("def Activation(x)\n  return x\n"),
    "found function `Activation`, but the function must be called `activation`",
  ),
  "entry_name_is_a_prefix": (
    fence("def activation2(x)\n  return x\n"),
    "found function `activation2`, but the function must be called "
    "`activation`",
  ),
  "entry_in_a_function": (
    fence("def make():\n  def activation(x):\n    return x\n"),
    "found function `make`, but the function must be called `activation`",
  ),
  "long_name": (
    fence(f"def {'f' * 999}(x):\n  return x\n"),
    f"found function `{'f' * 40}`, but the function must be called "
    "`activation`",
  ),
  "other_names": (
    fence("".join(f"def f{i}(x):\n  return x\n" for i in range(9))),
    "found functions `f0`, `f1`, `f2`, `f3`, but one must be called "
    "`activation`",
  ),
  "beyond_the_limit": (f"{'So. ' * 20_000}\n{PLAIN}", NOT_FOUND),
  "across_the_limit": (
    "#" * 65_500 + "\n" + PLAIN + "  # So.\n" * 9,
    NOT_FOUND,
  ),
}
