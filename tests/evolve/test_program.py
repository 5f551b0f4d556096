"""Identity of programs: looks do not count, all else does."""

import ast
import re

import hypothesis
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import strategies as st

from evolve import language
from evolve.program import Program, normalise
from harness.core.parameters import Share
from harness.core.trainable import Trainable
from tests.evolve import programs

NAMES = sorted(programs.ALL)
PLAIN = """
def activation(x):
  scale = 2.0
  return scale * jnp.tanh(x)
"""


def _same(a, b):
  return Program(a).id == Program(b).id


def test_id_is_16_hexadecimal_digits_of_the_normalised_source():
  assert re.fullmatch("[0-9a-f]{16}", Program(PLAIN).id)
  assert Program(PLAIN).id == Program(PLAIN, parents=("0" * 16,)).id
  assert Program(PLAIN).id == Program(normalise(PLAIN)).id


@pytest.mark.parametrize("name", NAMES)
def test_normalising_gives_an_equal_program_of_the_language(name):
  text = normalise(programs.ALL[name])
  language.check(text)
  assert normalise(text) == text


def test_different_programs_have_different_ids():
  ids = {Program(source).id for source in programs.ALL.values()}
  assert len(ids) == len(NAMES)


@pytest.mark.parametrize(
  "other",
  [
    "import jax\nimport jax.numpy as jnp" + PLAIN,
    PLAIN.replace("activation", "activation_function"),
    re.sub(r"\bx\b", "inputs", PLAIN),
    PLAIN.replace("scale", "s"),
    PLAIN.replace("scale = 2.0", "scale: float = 2.0  # Twice."),
    PLAIN.replace("(x):", "(x: jax.Array) -> 'jax.Array':\n  '''Wide.'''", 1),
    PLAIN.replace("2.0", "2.00"),
    PLAIN.replace("scale *", "(scale)*"),
  ],
)
def test_style_does_not_count(other):
  assert _same(PLAIN, other)


@pytest.mark.parametrize(
  "other",
  [
    PLAIN.replace("2.0", "2.5"),
    PLAIN.replace("2.0", "2"),
    PLAIN.replace("tanh", "sin"),
    PLAIN.replace("scale *", "scale +"),
    PLAIN.replace("(x):", "(x, y=1.0):", 1),
    "from jax.nn import relu as f" + PLAIN.replace("jnp.tanh", "f"),
    "from jax.nn import gelu as f" + PLAIN.replace("jnp.tanh", "f"),
  ],
)
def test_everything_else_counts(other):
  assert not _same(PLAIN, other)


def test_names_are_told_apart_by_scope():
  template = """
def helper({a}, {b}=1.0):
  return {a} * {b}

def activation({c}):
  {d} = lambda {e}, {b}: {e} + {b}
  waves = [{f} * {c} for {f} in (1, 2)]
  return {d}(helper({c}, {b}=3.0), {b}=sum(waves)) + jnp.sum({c}, axis=-1)
"""
  short = template.format(a="x", b="axis", c="x", d="d", e="x", f="x")
  long = template.format(a="u", b="w", c="y", d="plus", e="z", f="k")
  swapped = long.replace("u * w", "w * u")
  assert _same(long, template.format(a="w2", b="q", c="a", d="b", e="c", f="d"))
  assert not _same(long, swapped)
  # The comprehension hides the argument: a program of its own.
  assert not _same(long, short)


@pytest.mark.parametrize("text", ["def activation(x)", "", "\ud800", "x\0"])
def test_text_outside_the_language_is_taken_as_it_is(text):
  assert _same(text, f"  {text}\n")
  assert not _same(text, text + "#")
  assert normalise(text) == text.strip()


def test_mending_a_name_gives_a_new_program():
  assert not _same(PLAIN, PLAIN.replace("jnp.", "np."))


@hypothesis.given(st.sampled_from(NAMES), st.data())
@hypothesis.settings(deadline=None)
def test_formatting_and_comments_do_not_count(name, data):
  source = programs.ALL[name].strip("\n")
  comment = data.draw(
    st.text(st.characters(codec="ascii", exclude_categories=["C"]))
  )
  reformatted = ast.unparse(ast.parse(source))
  lines = reformatted.split("\n")
  line = data.draw(st.integers(0, len(lines)))
  assert _same(source, "\n".join([*lines[:line], f"#{comment}", *lines[line:]]))


@hypothesis.given(st.sampled_from(NAMES), st.floats(2, 9), st.data())
@hypothesis.settings(deadline=None)
def test_constants_count(name, value, data):
  tree = ast.parse(programs.ALL[name])
  constants = [
    node
    for node in ast.walk(tree)
    if isinstance(node, ast.Constant) and isinstance(node.value, float)
  ]
  hypothesis.assume(constants)
  constant = data.draw(st.sampled_from(constants))
  hypothesis.assume(constant.value != value)
  constant.value = value
  assert not _same(programs.ALL[name], ast.unparse(tree))


@hypothesis.given(st.text())
def test_any_text_has_an_id(text):
  assert re.fullmatch("[0-9a-f]{16}", Program(text).id)


SWISH = "def activation(x, beta=1.0):\n  return x * jax.nn.sigmoid(beta * x)\n"


def test_a_program_says_how_its_parameters_are_trained() -> None:
  program = Program(SWISH)
  layer, channel = program.sharing(Share.LAYER), program.sharing(Share.CHANNEL)
  assert layer.source == f"{SWISH}# parameters: layer\n"
  assert (program.share, layer.share, channel.share) == tuple(Share)
  assert len({program.id, layer.id, channel.id}) == 3
  assert layer.sharing(Share.CHANNEL) == channel
  assert layer.sharing(Share.FROZEN).id == program.id


def test_only_the_default_is_left_to_others() -> None:
  layer = Program(SWISH).sharing_by_default(Share.LAYER)
  assert layer.share is Share.LAYER
  assert layer.sharing_by_default(Share.CHANNEL) == layer


@pytest.mark.parametrize(
  "source", ["def activation(x):\n  return x\n", "x = ("]
)
def test_without_parameters_nothing_is_trained(source: str) -> None:
  assert Program(source).sharing(Share.LAYER) == Program(source)


def test_a_trained_activation_has_its_defaults() -> None:
  activation = Program(SWISH).sharing(Share.CHANNEL).activation()
  assert isinstance(activation, Trainable)
  assert activation.defaults == {"beta": 1.0}
  assert activation.share is Share.CHANNEL
  x = jnp.linspace(-3, 3, 7)
  np.testing.assert_allclose(activation.frozen(x), jax.nn.swish(x), rtol=1e-6)
  found = activation.function(x, beta=2.0)
  np.testing.assert_allclose(found, x * jax.nn.sigmoid(2 * x), rtol=1e-6)
