"""Exported modules compute the values and gradients of the program."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from evolve import activations, language
from evolve.program import Program
from evolve.translate import LIBRARIES, export
from tests.evolve.proposers.mutated import cases
from tests.evolve.translate import originals
from tests.evolve.translate.exports.modules import activation_of, text_of
from tests.evolve.translate.originals import GRID, PROGRAMS, SINGLE, program

# These take FFTs, pad, or reverse an array.
NOT_IN_TORCH = {"everything_imported", "slices", "spectrum"}


def tolerance(name: str) -> dict[str, float]:
  error = 1e-4 if name in SINGLE else 1e-6
  return {"rtol": error, "atol": error}


# Constants outside of functions are computed once, not on each call.
@pytest.mark.parametrize(
  "name", cases(sorted(PROGRAMS.keys() - {"module_constants"}))
)
def test_jax_export_traces_to_the_same_computation(name):
  found, expected = (
    str(jax.make_jaxpr(function)(GRID))
    for function in (
      activation_of(PROGRAMS[name], "jax"),
      language.load(PROGRAMS[name]),
    )
  )
  assert found == expected


def test_jax_export_with_module_constants_computes_the_same():
  function = activation_of(PROGRAMS["module_constants"], "jax")
  expected = originals.values_and_slopes("module_constants")[0]
  np.testing.assert_allclose(function(GRID), expected, 1e-5, 1e-5)


@pytest.mark.parametrize("name", cases(PROGRAMS))
def test_numpy_export_computes_the_same(name):
  expected, _ = originals.values_and_slopes(name)
  values = activation_of(PROGRAMS[name], "numpy")(GRID)
  assert values.dtype == np.float64
  np.testing.assert_allclose(values, expected, **tolerance(name))


@pytest.mark.parametrize("name", cases(sorted(PROGRAMS.keys() - NOT_IN_TORCH)))
def test_torch_export_computes_the_same(name):
  expected, slopes = originals.values_and_slopes(name)
  grid = torch.tensor(GRID, requires_grad=True)
  values = activation_of(PROGRAMS[name], "torch")(grid)
  assert values.dtype == torch.tensor(expected).dtype
  np.testing.assert_allclose(values.detach(), expected, **tolerance(name))
  if values.requires_grad:
    values.sum().backward()
    np.testing.assert_allclose(grid.grad, slopes, **tolerance(name))
  else:
    assert not slopes.any()


@pytest.mark.parametrize("name", activations.names())
def test_numpy_export_keeps_single_precision(name):
  values = activation_of(PROGRAMS[name], "numpy")(GRID.astype(np.float32))
  assert values.dtype == np.float32
  expected, _ = originals.values_and_slopes(name)
  # phase_flip has waves of a short period and a jump.
  rtol = 0.2 if name == "phase_flip" else 1e-4
  close = np.isclose(values, expected, rtol=rtol, atol=1e-3)
  assert close.mean() > (0.9 if name == "phase_flip" else 0.999)


@pytest.mark.parametrize(
  "expression",
  [
    "x * jnp.where(x > 0, 1.0, 0.5)",
    "x * jnp.sqrt(2 / jnp.pi) + jnp.mean(x > 0)",
    "x + jnp.linspace(0.0, 1.0, x.shape[-1])",
    "jnp.heaviside(x, 0.5) + jnp.square(3) * x",
    "jnp.select([x < 0, x < 1], [0.0, 0.5], 1.0) * x",
    "(2.0 * x).sort(axis=-1)",
    "jnp.clip(x, 0.5) + x.ptp() + jnp.reciprocal(2) * x",
    "x * jax.nn.mish(1) - (x > 0)",
    "jnp.maximum(x, 0) + lax.clamp(-1.0, x, 1.0) + jnp.logaddexp(0.0, x)",
    "sum(jnp.sin(k) * x for k in (0.5, jnp.cos(1.0)))",
  ],
)
def test_numbers_do_not_change_the_dtype(expression):
  source = program(f"return {expression}")
  grid = GRID.astype(np.float32)
  expected = language.load(source)(jnp.asarray(grid))
  by_numpy = activation_of(source, "numpy")(grid)
  by_torch = activation_of(source, "torch")(torch.tensor(grid))
  assert by_numpy.dtype == np.float32
  assert by_torch.dtype == torch.float32
  for values in (by_numpy, by_torch):
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-5)


def test_input_stays_as_it_was():
  source = program("y = x", "y += 1", "x -= 2", "return x * y")
  grid = GRID.copy()
  activation_of(source, "numpy")(grid)
  activation_of(source, "torch")(torch.tensor(grid))
  np.testing.assert_array_equal(grid, GRID)


def test_numpy_export_takes_integers_and_numbers():
  activation = activation_of(activations.source("gelusine"), "numpy")
  assert activation(np.arange(3)).dtype == np.float64
  assert float(activation(1)) == pytest.approx(0.8411919906 + 0.0841470985)


def test_scipy_is_imported_only_if_needed(monkeypatch):
  monkeypatch.setitem(__import__("sys").modules, "scipy", None)
  for name in ("gelu", "sigmoid", "mish"):
    activation_of(activations.source(name), "numpy")(GRID)
  with pytest.raises(ImportError):
    activation_of(program("return jax.lax.erf(x)"), "numpy")


WRITTEN = '''"""Waves on a ramp."""
import jax.numpy as np
from jax.nn import gelu as bend; WIDTH = 2.0

def ramp(t: jax.Array, *, slope: "float" = 0.5) -> np.ndarray:
  """A line."""
  from jax import nn
  return slope * t  # Straight.

def activation_function(x: jax.typing.ArrayLike, power: int = 2):
  import math
  y: WIDTH = x
  y += (
    np.sin(WIDTH * x)  # A wave.
    ** power
  )
  y *= 1 + ramp(x, slope=math.sqrt(0.25))
  return bend(y)
'''


def test_torch_export_of_a_program():
  text = export(WRITTEN, "waves", LIBRARIES["torch"])
  assert text == (
    f'''"""waves: an activation function, in PyTorch.

Written by actmine from the program {Program(WRITTEN).id}.

Waves on a ramp.
"""
import math
import torch
from torch.nn import functional

def _tensor(x):
    """A tensor as it is; a number as a tensor of floats."""
    return x if isinstance(x, torch.Tensor) else torch.as_tensor(1.0 * x)

def _gelu(x, approximate=True):
    form = 'tanh' if approximate else 'none'
    return functional.gelu(_tensor(x), approximate=form)
WIDTH = 2.0

def ramp(t, *, slope=0.5):
    """A line."""
    return slope * t

def activation(x, power=2):
    y = x
    y = y + torch.sin(WIDTH * x) ** power
    y = y * (1 + ramp(x, slope=math.sqrt(0.25)))
    return _gelu(y)
'''
  )


@pytest.mark.parametrize("library", LIBRARIES)
def test_program_with_imports_and_annotations_computes_the_same(library):
  expected = language.load(WRITTEN)(jnp.asarray(GRID))
  grid = torch.tensor(GRID) if library == "torch" else GRID
  found = activation_of(WRITTEN, library)(grid)
  np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_program_outside_the_language_is_refused():
  for library in LIBRARIES:
    with pytest.raises(language.LanguageError):
      text_of("import os\ndef activation(x): return x\n", library)
