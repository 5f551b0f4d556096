"""Rewritten statements: names, arguments, and constructs that are refused."""

import jax.numpy as jnp
import numpy as np
import pytest
import torch

from evolve import language
from evolve.translate import TranslationError
from tests.evolve.translate.exports.modules import activation_of, text_of
from tests.evolve.translate.originals import GRID, program


def test_names_of_the_library_are_kept_free():
  source = """
from jax.scipy import special

def _gelu(functional, np=2.0):
  return functional * np

def activation(x):
  np = jax.nn.gelu(x) + special.erf(x)
  torch = [jax.lax.erf(special_ * x) for special_ in (1.0, 2.0)]
  return _gelu(np, np=3.0) + sum(torch)
"""
  expected = language.load(source)(jnp.asarray(GRID))
  for library, grid in (("numpy", GRID), ("torch", torch.tensor(GRID))):
    found = activation_of(source, library)(grid)
    np.testing.assert_allclose(found, expected, 1e-5, 1e-5)
  assert "_gelu_(np_, np_=3.0) + sum(torch)" in text_of(source, "numpy")
  assert "torch_ = [" in text_of(source, "torch")


@pytest.mark.parametrize(
  "line, expected",
  [
    ("x.mean(axis=-1, keepdims=True)", "_mean(x, axis=-1, keepdims=True)"),
    ("x.astype(jnp.float32)", "x.to(torch.float32)"),
    ("jnp.float32(x)", "_astype(x, torch.float32)"),
    ("jnp.zeros_like(x, dtype='float32')",
     "torch.zeros_like(x, dtype=torch.float32)"),
    ("x / x.size", "x / _size(x)"),
    ("jnp.max(x, axis=-1)", "torch.amax(x, axis=-1)"),
    ("jnp.sin(x.T)", None),
    ("jnp.maximum(0, x)", "torch.maximum(_tensor(0), x)"),
    ("x - (x > 0)", "x - 1 * (x > 0)"),
    ("(1.0, 2.0)[::-1][0] * x", "(1.0, 2.0)[::-1][0] * x"),
    ("jnp.add(x, 1)", "operator.add(x, 1)"),
  ],
)  # fmt: skip
def test_torch_expression(line, expected):
  source = program(f"return {line}")
  if expected is None:
    with pytest.raises(TranslationError):
      text_of(source, "torch")
  else:
    assert text_of(source, "torch").endswith(f"    return {expected}\n")


@pytest.mark.parametrize(
  "library, line, construct",
  [
    ("torch", "return jnp.fft.fft2(x).real", "jnp.fft.fft2"),
    ("torch", "return x[..., ::-1]", "`x[..., ::-1]`"),
    ("torch", "return x.T", "the property `T` of an array"),
    ("torch", "return jnp.sum(x, where=x > 0)", "jnp.sum with `where`"),
    ("torch", "return x.transpose()", "the method `transpose` of an array"),
    ("numpy", "return x.astype(jnp.bfloat16)", "jnp.bfloat16"),
    ("numpy", "return lax.cumsum(x, reverse=True)",
     "lax.cumsum with `reverse`"),
    ("numpy", "return jax.nn.relu6(x, x)", "jax.nn.relu6 with 2 arguments"),
  ],
)  # fmt: skip
def test_construct_without_counterpart_is_named(library, line, construct):
  title = "PyTorch" if library == "torch" else "NumPy"
  with pytest.raises(TranslationError) as caught:
    text_of(program(line), library)
  assert str(caught.value) == (
    f"{construct} has no counterpart in this export to {title}"
  )


def test_import_as_the_only_statement_leaves_pass():
  source = "def activation(x):\n  if x.ndim:\n    import math\n  return x\n"
  assert "if x.ndim:\n        pass" in text_of(source, "numpy")
