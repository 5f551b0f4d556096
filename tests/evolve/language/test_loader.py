"""Loading of programs of the language."""

import os
import subprocess
import sys

import jax.numpy as jnp
import pytest

from evolve import language
from tests.evolve.programs import entry


def test_loading_runs_nothing_and_keeps_no_state():
  activation = language.load(
    "SCALE = 1 // 0\n\n\ndef activation(x):\n  return x * SCALE"
  )
  for _ in range(2):
    with pytest.raises(ZeroDivisionError):
      activation(jnp.ones(3))


def test_a_list_never_changes_under_another_name():
  source = entry(
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
  activation = language.compile_unchecked(entry(body))
  with pytest.raises(error):
    activation(jnp.ones(3))


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
  # JAX's own imports on its first call are none of the program's.
  script = (
    "import jax\n"
    "from evolve import language\n"
    "f = language.load('def activation(x):\\n  return jnp.tanh(x)')\n"
    "print(jax.eval_shape(f, jax.ShapeDtypeStruct((4, 8), 'float32')).shape)"
  )
  assert _run(script) == "(4, 8)"
