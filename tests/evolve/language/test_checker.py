"""Programs that the language admits, and those that it rejects."""

import ast
import pathlib

import hypothesis
import jax
import jax.numpy as jnp
import pytest
from hypothesis import strategies as st

from evolve import language
from evolve.language import rules
from tests.evolve import programs
from tests.evolve.programs import entry

HOSTILE = sorted((pathlib.Path(__file__).parent / "hostile").glob("*.py"))
CASES = {path.stem: path.read_text() for path in HOSTILE}
STATUSES = {"INVALID", "OVER_BUDGET", "TIMEOUT", "CRASHED", "DIVERGED"}


def _expectation(source):
  """The status and the stage that the first line of a case expects."""
  comment, _, words = source.partition("\n")[0].partition(": ")
  assert comment == "# expect"
  status, stage = words.split()
  return status, stage


@pytest.mark.parametrize("name", programs.WRITTEN)
def test_programs_as_people_write_them_are_admitted_and_run(name):
  x = jnp.linspace(-2, 2, 12).reshape(2, 6)
  y = jax.jit(language.load(programs.WRITTEN[name]))(x)
  assert (y.shape, y.dtype) == (x.shape, x.dtype)
  assert jnp.isfinite(y).all()


def test_hostile_programs_state_their_status():
  expected = [_expectation(source) for source in CASES.values()]
  assert len(expected) >= 80
  assert {status for status, _ in expected} == STATUSES
  assert {stage for _, stage in expected} == {"parser", "probe"}
  assert ("OK", "parser") not in expected


@pytest.mark.parametrize("name", CASES)
def test_hostile_programs_are_rejected_by_the_parser_or_left_to_the_probe(name):
  status, stage = _expectation(CASES[name])
  if stage == "probe":
    language.check(CASES[name])
  else:
    assert status == "INVALID"
    with pytest.raises(language.LanguageError):
      language.load(CASES[name])


@pytest.mark.parametrize(
  "source, line, message",
  [
    (
      entry("y = x\nreturn y.__class__"),
      3,
      "`__class__` is not allowed; no name starts with two underscores",
    ),
    (
      entry("return x.tolist()"),
      2,
      "attribute `tolist` is not allowed; only methods that mirror jnp "
      "functions may be called on arrays: ",
    ),
    (
      entry("return jnp.logadexp(x, 0)"),
      2,
      "`jax.numpy.logadexp` is not allowed; the nearest known: logaddexp",
    ),
    (entry("y = x\n\nreturn (y @\n  y)"), 4, "`@` is not allowed; sum pro"),
    (entry("return (x\n  + z)"), 3, "the unknown name `z` is not allowed"),
    (entry("return x +"), 2, "text that is not Python (invalid syntax)"),
    (
      entry("for _ in range(2**20):\n  x = -x\nreturn x"),
      2,
      "a loop of 1048576 turns is not allowed; the limit is 1000",
    ),
  ],
)
def test_errors_name_line_construct_and_rule(source, line, message):
  with pytest.raises(language.LanguageError) as caught:
    language.check(source)
  assert caught.value.line == line
  assert str(caught.value).startswith(f"line {line}: {message}")
  assert caught.value.construct in str(caught.value)
  assert str(caught.value).endswith(caught.value.rule)


@pytest.mark.parametrize("turns, admitted", [(200, True), (500, False)])
def test_steps_are_counted_through_loops_and_helpers(turns, admitted):
  source = f"""
def ten(y):
  return sum(jnp.sin(k * y) for k in range(10))

def activation(x):
  for _ in range({turns}):
    x = ten(x)
  return x
"""
  # Each element of the sum has 7 expressions, the rest of a turn about 10.
  if admitted:
    language.check(source)
  else:
    with pytest.raises(language.LanguageError, match="steps, loops unrolled"):
      language.check(source)


def test_the_size_of_the_tree_is_limited():
  many = "(" + ", ".join(["1"] * 6000) + ")"
  with pytest.raises(language.LanguageError, match=r"nodes is not allowed"):
    language.check(entry(f"y = {many}\nreturn x"))


# `check` admits any text or raises LanguageError.

FORBIDDEN = (
  "__import__('os').system('touch {0}')",
  "open('{0}', 'w')",
  'exec(\'open("{0}", "w")\')',
  "().__class__.__base__.__subclasses__()",
  "jnp.save('{0}', x)",
  "jnp.tofile",
  "x.tofile('{0}')",
  "jax.debug.callback(open, '{0}', 'w')",
  "(lambda: open('{0}', 'w'))()",
  "[open('{0}', 'w') for _ in (1,)]",
  "jax.pure_callback(open, x, '{0}', 'w')",
  'f\'{{open("{0}", "w")}}\'',
  "x.at[0].set(1)",
  "jnp.linalg",
  "activation",
  "undefined",
  "range(10**9)",
  "9**9**9",
)
TOKEN_TEXT = (
  "def activation(x):\n  return\n \n  \n    : , . ( ) [ ] { } = := += ** @ << "
  "lambda for in range while if else yield await import from as class del "
  "global try with raise not * -> x y f jnp jax lax math nn . tanh sin where "
  "shape sum at set __class__ __import__ __builtins__ open exec os 'os' "
  "f'{x}' 0 1 2.5 1j 10**9 None True ... # \\ \0 \ud800 é"
)
TOKENS = TOKEN_TEXT.split(" ")


def _assert_harmless(tree):
  for node in ast.walk(tree):
    if not isinstance(node, ast.expr_context | ast.alias | ast.keyword):
      known = {*rules.NODES, ast.arguments, ast.arg, ast.comprehension}
      assert type(node) in known
    for field in ("id", "attr", "name", "arg", "asname"):
      assert not str(getattr(node, field, "")).startswith("__")
    assert not (
      isinstance(node, ast.Attribute)
      and node.attr in {"save", "load", "at", "tofile", "pure_callback"}
    )


def _check(source):
  try:
    tree = language.check(source)
  except language.LanguageError:
    return
  _assert_harmless(tree)


@hypothesis.given(st.text(max_size=200))
def test_any_text_is_admitted_or_a_language_error(text):
  _check(text)
  _check(entry(f"return {text}"))


@hypothesis.given(st.lists(st.sampled_from(TOKENS), max_size=40), st.data())
def test_any_tokens_are_admitted_or_a_language_error(tokens, data):
  joint = data.draw(st.sampled_from(["", " "]))
  _check(joint.join(tokens))
  _check(entry(f"y = x\nreturn x {joint.join(tokens)}"))


@hypothesis.given(
  st.sampled_from(sorted(programs.ALL)),
  st.sampled_from(TOKENS),
  st.data(),
)
def test_any_edit_is_admitted_or_a_language_error(name, token, data):
  source = programs.ALL[name]
  start = data.draw(st.integers(0, len(source)))
  end = data.draw(st.integers(start, min(start + 10, len(source))))
  _check(source[:start] + token + source[end:])


@hypothesis.given(
  st.sampled_from(sorted(programs.ALL)),
  st.sampled_from(FORBIDDEN),
  st.data(),
)
@hypothesis.settings(deadline=None)
def test_forbidden_expressions_are_rejected_anywhere(
  tmp_path_factory, name, forbidden, data
):
  sentinel = tmp_path_factory.getbasetemp() / "touched"
  tree = ast.parse(programs.ALL[name])
  values = [node for node in ast.walk(tree) if _is_evaluated(node, tree)]
  source = ast.unparse(
    _Replace(
      data.draw(st.sampled_from(values)),
      ast.parse(forbidden.format(sentinel)).body[0].value,
    ).visit(tree)
  )
  with pytest.raises(language.LanguageError):
    language.load(source)
  assert not sentinel.exists()


def _is_evaluated(node, tree):
  """True for an expression in what is not dropped, and is no target."""
  annotations = [
    getattr(parent, field)
    for parent in ast.walk(tree)
    for field in ("annotation", "returns")
    if getattr(parent, field, None)
  ]
  main_blocks = [block for block in tree.body if isinstance(block, ast.If)]
  dunders = [
    statement
    for statement in tree.body
    if isinstance(statement, ast.Assign)
    and ast.unparse(statement.targets[0]).startswith("__")
  ]
  decorators = [
    decorator
    for parent in ast.walk(tree)
    for decorator in getattr(parent, "decorator_list", ())
  ]
  dropped = annotations + main_blocks + dunders + decorators
  inside = {n for part in dropped for n in ast.walk(part)}
  stored = isinstance(getattr(node, "ctx", None), ast.Store)
  return isinstance(node, ast.expr) and node not in inside and not stored


class _Replace(ast.NodeTransformer):
  def __init__(self, old, new):
    self._old, self._new = old, new

  def visit(self, node):
    return self._new if node is self._old else self.generic_visit(node)
