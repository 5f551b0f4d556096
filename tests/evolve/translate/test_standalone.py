"""Programs as modules that Python imports by itself."""

import json
import subprocess
import sys

import jax.numpy as jnp
import numpy as np
import pytest

from evolve import language
from evolve.program import Program
from evolve.translate.standalone import standalone
from harness.core.parameters import Share
from tests.evolve import programs

GRID = np.linspace(-2, 2, 12, dtype=np.float32).reshape(2, 6)
# Imports each module of a directory by its name, as a user would.
IMPORTING = """
import importlib, json, sys
import numpy as np
x = np.array(json.loads(sys.argv[1]), np.float32)
names = sys.argv[2:]
values = {n: importlib.import_module(n).activation(x).tolist() for n in names}
print(json.dumps(values))
"""


@pytest.mark.parametrize(
  "part", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in (1, 2, 3))]
)
def test_python_imports_and_runs_them_alone(tmp_path, part):
  names = list(programs.ALL)[part::4]
  for name in names:
    text = standalone(programs.ALL[name])
    (tmp_path / f"{name}.py").write_text(text)
  done = subprocess.run(
    [sys.executable, "-c", IMPORTING, json.dumps(GRID.tolist()), *names],
    cwd=tmp_path,
    capture_output=True,
    text=True,
  )
  assert done.returncode == 0, done.stderr
  for name, values in json.loads(done.stdout).items():
    expected = language.load(programs.ALL[name])(jnp.asarray(GRID))
    np.testing.assert_allclose(values, expected, 1e-5, 1e-6, err_msg=name)


@pytest.mark.parametrize("name", programs.ALL)
def test_the_language_takes_them_for_the_same_program(name):
  text = standalone(programs.ALL[name])
  assert Program(text).id == Program(programs.ALL[name]).id


def test_a_list_is_not_extended_in_place():
  source = programs.entry(
    "xs = [2.0]\nys = xs\nfor y in xs:\n  ys += [y]\nreturn x * len(xs + ys)"
  )
  namespace = {}
  exec(standalone(source), namespace)
  assert namespace["activation"](jnp.ones(3)).tolist() == [3.0, 3.0, 3.0]


def test_nothing_unchecked_is_in_them():
  text = standalone(
    '''# coding: utf-7 +AAo-import os
f"""Of {Float}."""
from jaxtyping import Float
@jax.jit
def activation(x: Float["never evaluated"]) -> Float:
  return x  # Nor this.
if __name__ == "__main__":
  open("touched", "w")
'''
  )
  assert [line.strip() for line in text.splitlines() if line] == [
    "import jax",
    "import jax.numpy as jnp",
    "def activation(x):",
    "return x",
  ]


def test_trained_parameters_stay_trained():
  source = "def activation(x, beta=1.0):\n  return jnp.tanh(beta * x)\n"
  program = Program(source).sharing(Share.LAYER)
  again = Program(standalone(program.source))
  assert again.share is Share.LAYER
  assert again.id == program.id
