"""Programs evaluated on a symbol."""

import re
import time

import pytest
import sympy

from evolve import activations
from evolve.translate import NoFormulaError
from evolve.translate.formulas.evaluation import X, symbolic
from tests.evolve.translate.originals import program


def test_assignments_helpers_loops_and_branches_are_gone():
  source = """
SCALE = 0.5

def wave(z, k=1):
  return jnp.sin(k * z)

def activation(x, mode=None):
  y = x
  for k in range(1, 5):
    if k == 2:
      continue
    if k > 3:
      break
    y += SCALE * wave(x, k=k)
  else:
    y = 0.0
  if mode is None and 2 in (1, 2):
    return y
  return -y
"""
  sin = sympy.Function("sin")
  assert symbolic(source) == X + 0.5 * sin(X) + 0.5 * sin(3 * X)


@pytest.mark.parametrize(
  "lines, reason",
  [
    (["return jnp.fft.fft(x).real"], "jnp.fft.fft(x).real has none"),
    (["return x - jnp.mean(x)"], "jnp.mean has none"),
    (["return x - jax.lax.cummax(x)"], "lax.cummax has none"),
    (["return x - x.max()"], "the method max has none"),
    (["return jnp.sum(x) * x"], "jnp.sum has none"),
    (["return x[..., ::-1]"], "... has none"),
    (["return x / x.shape[-1]"], "it needs arrays"),
    (["return x + jnp.ones((3, 1))"], "an array has another shape than x"),
    (["return x * jnp.inf"], "jnp.inf has none"),
    (["return x / 0"], "a constant is too large, or is divided by zero"),
    (["return x * (0 / 0)"], "or divides by zero"),
    (["if x > 0:", "  return x", "return -x"], "depends on x"),
    (["return 1j * x"], "1j has none"),
    (["return (x, x)"], "what comes out is no number"),
  ],
)
def test_program_without_formula(lines, reason):
  with pytest.raises(NoFormulaError, match=re.escape(reason)):
    symbolic(program(*lines))


@pytest.mark.parametrize("name", ["turbulent", "phase_flip"])
def test_activation_that_mixes_elements_has_no_formula(name):
  with pytest.raises(NoFormulaError):
    symbolic(activations.source(name))


@pytest.mark.parametrize(
  "lines",
  [
    # Shared parts: three terms become 3 ** 300.
    ["y = x", "for k in range(300):", "  y = y * y + jnp.tanh(y)", "return y"],
    ["k = 3", "for i in range(900):", "  k = k * k", "return k * x"],
    ["return (3 * x) ** 1000000000"],
    ["c = 9.0 ** 9.0 ** 9.0 ** 9.0", "return x if c > 0 else -x"],
    ["y = x", "for k in range(900):", "  y = jnp.sin(y)", "return y"],
  ],
)
def test_large_formula_is_given_up_at_once(lines):
  start = time.process_time()
  with pytest.raises(NoFormulaError, match="too large"):
    symbolic(program(*lines))
  assert time.process_time() - start < 2
