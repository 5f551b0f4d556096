"""What the language admits, what it rejects, and what loading does."""

import ast
import importlib
import os
import pathlib
import subprocess
import sys

import hypothesis
import jax
import jax.numpy as jnp
import pytest
from hypothesis import strategies as st

from evolve import language
from evolve.language import rules
from tests.evolve import programs

HOSTILE = sorted((pathlib.Path(__file__).parent / "hostile").glob("*.py"))
CASES = {path.stem: path.read_text() for path in HOSTILE}
STATUSES = {"INVALID", "OVER_BUDGET", "TIMEOUT", "CRASHED", "DIVERGED"}


def _expectation(source):
  """The status and the stage that the first line of a case expects."""
  comment, _, words = source.partition("\n")[0].partition(": ")
  assert comment == "# expect"
  status, stage = words.split()
  return status, stage


def _entry(body):
  lines = "".join(f"  {line}\n" for line in body.split("\n"))
  return f"def activation(x):\n{lines}"


# Admission.


@pytest.mark.parametrize("name", programs.WRITTEN)
def test_admits_and_runs_what_is_really_written(name):
  x = jnp.linspace(-2, 2, 12).reshape(2, 6)
  y = jax.jit(language.load(programs.WRITTEN[name]))(x)
  assert (y.shape, y.dtype) == (x.shape, x.dtype)
  assert jnp.isfinite(y).all()


def test_hostile_cases_say_what_to_expect():
  expected = [_expectation(source) for source in CASES.values()]
  assert len(expected) >= 80
  assert {status for status, _ in expected} == STATUSES
  assert {stage for _, stage in expected} == {"parser", "probe"}
  assert ("OK", "parser") not in expected


@pytest.mark.parametrize("name", CASES)
def test_judges_hostile_cases(name):
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
      _entry("y = x\nreturn y.__class__"),
      3,
      "`__class__` is not allowed; no name starts with two underscores",
    ),
    (
      _entry("return x.tolist()"),
      2,
      "attribute `tolist` is not allowed; only methods that mirror jnp "
      "functions may be called on arrays: ",
    ),
    (
      _entry("return jnp.logadexp(x, 0)"),
      2,
      "`jax.numpy.logadexp` is not allowed; the nearest known: logaddexp",
    ),
    (_entry("y = x\n\nreturn (y @\n  y)"), 4, "`@` is not allowed; sum pro"),
    (_entry("return (x\n  + z)"), 3, "the unknown name `z` is not allowed"),
    (_entry("return x +"), 2, "text that is not Python (invalid syntax)"),
    (
      _entry("for _ in range(2**20):\n  x = -x\nreturn x"),
      2,
      "a loop of 1048576 turns is not allowed; the limit is 1000",
    ),
  ],
)
def test_errors_tell_line_construct_and_rule(source, line, message):
  with pytest.raises(language.LanguageError) as caught:
    language.check(source)
  assert caught.value.line == line
  assert str(caught.value).startswith(f"line {line}: {message}")
  assert caught.value.construct in str(caught.value)
  assert str(caught.value).endswith(caught.value.rule)


@pytest.mark.parametrize("turns, admitted", [(200, True), (500, False)])
def test_counts_steps_through_loops_and_helpers(turns, admitted):
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


def test_limits_the_size_of_the_tree():
  many = "(" + ", ".join(["1"] * 6000) + ")"
  with pytest.raises(language.LanguageError, match=r"nodes is not allowed"):
    language.check(_entry(f"y = {many}\nreturn x"))


# Whatever the text, `check` admits it or raises LanguageError.

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
def test_any_text_is_judged(text):
  _check(text)
  _check(_entry(f"return {text}"))


@hypothesis.given(st.lists(st.sampled_from(TOKENS), max_size=40), st.data())
def test_any_tokens_are_judged(tokens, data):
  joint = data.draw(st.sampled_from(["", " "]))
  _check(joint.join(tokens))
  _check(_entry(f"y = x\nreturn x {joint.join(tokens)}"))


@hypothesis.given(
  st.sampled_from(sorted(programs.ALL)),
  st.sampled_from(TOKENS),
  st.data(),
)
def test_any_edit_is_judged(name, token, data):
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
def test_nothing_forbidden_hides_anywhere(
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
  """Whether a node is an expression, and no annotation or target."""
  annotations = [
    getattr(parent, field)
    for parent in ast.walk(tree)
    for field in ("annotation", "returns")
    if getattr(parent, field, None)
  ]
  inside = {n for annotation in annotations for n in ast.walk(annotation)}
  stored = isinstance(getattr(node, "ctx", None), ast.Store)
  return isinstance(node, ast.expr) and node not in inside and not stored


class _Replace(ast.NodeTransformer):
  def __init__(self, old, new):
    self._old, self._new = old, new

  def visit(self, node):
    return self._new if node is self._old else self.generic_visit(node)


# Loading.


def test_loading_runs_nothing_and_keeps_no_state():
  activation = language.load(
    "SCALE = 1 // 0\n\n\ndef activation(x):\n  return x * SCALE"
  )
  for _ in range(2):
    with pytest.raises(ZeroDivisionError):
      activation(jnp.ones(3))


def test_a_list_never_changes_under_another_name():
  source = _entry(
    "xs = [2.0]\nys = xs\nfor y in xs:\n  ys += [y]\nreturn x * len(xs + ys)"
  )
  assert language.load(source)(jnp.ones(3)).tolist() == [3.0, 3.0, 3.0]


def test_annotations_are_never_evaluated(tmp_path):
  target = tmp_path / "touched"
  source = f"def activation(x: open({str(target)!r}, 'w')):\n  return x"
  language.compile_unchecked(source)(jnp.ones(3))
  assert not target.exists()


@pytest.mark.parametrize(
  "body, error",
  [
    ("import os", ImportError),
    ("import jax.random", ImportError),
    ("from jax.numpy import save", ImportError),
    ("return open('/dev/null')", NameError),
    ("return jnp.save", AttributeError),
    ("return jax.numpy.linalg", AttributeError),
    ("return lax.while_loop", AttributeError),
    ("jnp.tanh = abs", AttributeError),
  ],
)
def test_unchecked_programs_find_only_what_is_allowed(body, error):
  activation = language.compile_unchecked(_entry(body))
  with pytest.raises(error):
    activation(jnp.ones(3))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("path", rules.MODULES)
def test_all_that_is_allowed_exists(path):
  module = importlib.import_module(path)
  missing = [name for name in rules.MODULES[path] if not hasattr(module, name)]
  assert missing == []


def _run(script, **environment):
  done = subprocess.run(
    [sys.executable, "-c", script],
    env=os.environ | environment,
    capture_output=True,
    text=True,
  )
  assert done.returncode == 0, done.stderr
  return done.stdout.strip()


def test_loading_starts_no_backend():
  # With a platform that does not exist, starting one would raise.
  script = (
    "from evolve import activations, language, program\n"
    "source = activations.source('turbulent')\n"
    "language.load('C = jnp.sqrt(2.0)\\n' + source)\n"
    "print(program.Program(source).id)"
  )
  assert len(_run(script, JAX_PLATFORMS="none_such")) == 16


def test_a_program_can_be_the_first_to_use_jax():
  # What JAX imports on its first call is none of the program's imports.
  script = (
    "import jax\n"
    "from evolve import language\n"
    "f = language.load('def activation(x):\\n  return jnp.tanh(x)')\n"
    "print(jax.eval_shape(f, jax.ShapeDtypeStruct((4, 8), 'float32')).shape)"
  )
  assert _run(script) == "(4, 8)"
