"""Changes from a program to its child."""

import pytest

from evolve import activations
from harness.reporting.sections import program_diff

RELU = activations.source("relu")


def test_new_tokens_are_marked() -> None:
  parent = (
    "def activation(x: jax.Array) -> jax.Array:\n"
    '  """A docstring.\n\n  Of two paragraphs."""\n'
    "  # A comment.\n"
    "  a = 0.5\n"
    "  return a * jnp.sin(x)\n"
  )
  child = (
    "def activation(x):\n"
    "  a = 0.5\n"
    "  b = jnp.where(\n"
    "    x > 0, 1, 2)\n"
    "  return a * jnp.sin(b * x)\n"
  )
  code = program_diff.diff("child", child, parent)
  assert code.lines == [
    [("def activation(x):", False)],
    [("  a = 0.5", False)],
    [("  ", False), ("b = jnp.where(", True)],
    [("    ", False), ("x > 0, 1, 2)", True)],
    [("  return a * jnp.sin(", False), ("b *", True), (" x)", False)],
  ]
  assert code.removed == ["  return a * jnp.sin(x)"]


def test_annotations_and_docstrings_are_not_new() -> None:
  parent = "def activation(x):\n  a = 1.5\n  return a*x\n"
  child = (
    "def activation(x: 'jax.Array') -> jax.Array:\n"
    '  """Sinus, für x."""\n'
    "  a: float = 1.5  # é\n"
    "  return a * x\n"
  )
  for first, second in ((parent, child), (child, parent)):
    code = program_diff.diff("", first, second)
    assert not any(new for line in code.lines for _, new in line)
    assert code.removed == []


@pytest.mark.parametrize(
  "source", ["def f(", "x = '''a\nb", "  \x00\n é", "x\r= 1\x0c", ""]
)
def test_text_other_than_python_is_kept(source: str) -> None:
  code = program_diff.diff("no program", source, RELU)
  lines = ["".join(text for text, _ in line) for line in code.lines]
  assert lines == source.rstrip().splitlines()
  program_diff.diff("child of no program", RELU, source)
