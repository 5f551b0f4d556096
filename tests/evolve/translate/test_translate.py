"""Programs as modules of JAX, NumPy and PyTorch."""

import math
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special

from evolve import activations, language
from evolve.language import rules
from evolve.program import Program
from evolve.translate import TranslationError, to_jax, to_numpy, to_torch
from evolve.translate.exports import functions
from evolve.translate.libraries.jax_names import JAX
from evolve.translate.libraries.numpy_names import NUMPY
from evolve.translate.libraries.torch_names import TORCH
from tests.evolve import programs
from tests.evolve.proposers import mutated

# No order among neighbours, so that what mixes elements shows.
GRID = np.random.default_rng(0).permutation(np.linspace(-12, 12, 256))
GRID = GRID.reshape(4, 64)

PROGRAMS = programs.ALL | mutated.PROGRAMS
# Those of `programs.WRITTEN` that say by themselves which dtype they want.
SINGLE = {"array_methods", "shape_and_dtype"}

OFFERED = {
  f"{module}.{name}"
  for module, names in rules.MODULES.items()
  for name in names
} | {f"builtins.{name}" for name in rules.BUILTINS}

# All that the exports of these programs may use of PyTorch.
TORCH_NAMES = """
  functional.elu functional.gelu functional.hardswish functional.hardtanh
  functional.leaky_relu functional.mish functional.relu functional.selu
  functional.silu functional.softplus functional.softsign torch.Tensor torch.abs
  torch.arange torch.arcsinh torch.arctan torch.as_tensor torch.clip torch.cos
  torch.dtype torch.exp torch.finfo torch.float32 torch.index_select
  torch.isfinite torch.log1p torch.logaddexp torch.maximum torch.mean
  torch.minimum torch.nn torch.roll torch.sigmoid torch.sign torch.sin
  torch.sinc torch.sqrt torch.square torch.std torch.tanh torch.var torch.where
  torch.zeros_like
"""


def activation_of(text: str):
  namespace = {}
  exec(compile(text, "<export>", "exec", dont_inherit=True), namespace)
  return namespace["activation"]


def program(*lines: str) -> str:
  return "\n".join(["def activation(x):", *(f"  {line}" for line in lines), ""])


def values_and_slopes(activation):
  slopes = jax.grad(lambda x: jnp.sum(activation(x)))
  found = jax.jit(lambda x: (activation(x), slopes(x)))(GRID)
  return tuple(map(np.asarray, found))


def trace(activation):
  """All that JAX is told to compute for values and slopes."""
  compute = jax.value_and_grad(lambda x: jnp.sum(activation(x)))
  return str(jax.make_jaxpr(compute)(GRID))


@pytest.fixture(scope="module", autouse=True)
def double_precision():
  """So that only what is wrong differs."""
  with jax.enable_x64(True):
    yield


# What it computes outside of functions is computed once, not on each call.
@pytest.mark.parametrize(
  "name", [name for name in PROGRAMS if name != "module_constants"]
)
def test_jax_is_told_to_compute_the_same(name):
  source = PROGRAMS[name]
  exported = activation_of(to_jax(source, name))
  assert trace(exported) == trace(language.load(source))


@pytest.mark.parametrize("name", [*activations.names(), "module_constants"])
def test_jax_exports_compute_the_same(name):
  source = PROGRAMS[name]
  exported = values_and_slopes(activation_of(to_jax(source, name)))
  expected = values_and_slopes(language.load(source))
  np.testing.assert_array_equal(exported, expected)


@pytest.mark.parametrize("name", PROGRAMS)
def test_numpy_exports_compute_the_same(name):
  source = PROGRAMS[name]
  values = activation_of(to_numpy(source, name))(GRID)
  assert values.dtype == np.float64
  expected = language.load(source)(jnp.asarray(GRID))
  tolerance = 1e-6 if name not in SINGLE else 1e-4
  np.testing.assert_allclose(values, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", activations.names())
def test_numpy_keeps_single_precision(name):
  source = activations.source(name)
  grid = GRID.astype(np.float32)
  values = activation_of(to_numpy(source, name))(grid)
  assert values.dtype == np.float32
  expected = language.load(source)(jnp.asarray(grid))
  np.testing.assert_allclose(values, expected, rtol=1e-4, atol=1e-4)


def exported_to_torch():
  """The exports of the programs that have one, by their names."""
  exports = {}
  for name, source in PROGRAMS.items():
    if name not in ("everything_imported", "slices", "spectrum"):
      exports[name] = to_torch(source, name)
  return exports


def test_torch_exports_name_only_what_there_is():
  for name, text in exported_to_torch().items():
    compile(text, name, "exec")
    named = re.findall(r"\b(?:torch|functional)\.\w+", text)
    assert set(named) <= set(TORCH_NAMES.split())


def test_torch_exports_compute_what_the_program_computes():
  torch = pytest.importorskip("torch")
  for name, text in exported_to_torch().items():
    values, slopes = values_and_slopes(language.load(PROGRAMS[name]))
    grid = torch.tensor(GRID, requires_grad=True)
    by_torch = activation_of(text)(grid)
    assert by_torch.dtype == torch.float64
    tolerance = 1e-6 if name not in SINGLE else 1e-4
    np.testing.assert_allclose(
      by_torch.detach(), values, rtol=tolerance, atol=tolerance
    )
    if name not in SINGLE and by_torch.requires_grad:
      by_torch.sum().backward()
      np.testing.assert_allclose(grid.grad, slopes, rtol=1e-5, atol=1e-5)


def call_of(path: str) -> str:
  """A call of an elementwise function with what it takes."""
  for arguments in ("x", "x, 1 - x", "0.3, x, 0.6"):
    source = program(f"return {path.removeprefix('builtins.')}({arguments})")
    try:
      jax.eval_shape(language.load(source), GRID)
    except (TypeError, ValueError):
      continue
    return source
  raise AssertionError(f"{path} takes neither of these arguments")


def test_elementwise_functions_compute_the_same_in_numpy():
  grid = np.linspace(0.1, 0.9, 5)
  paths = functions.ELEMENTWISE - {"jax.lax.integer_pow", "jax.numpy.ldexp"}
  sources = [call_of(path) for path in sorted(paths)]
  loaded = [language.load(source) for source in sources]
  expected = jax.jit(lambda x: [function(x) for function in loaded])(grid)
  for source, values in zip(sources, expected, strict=True):
    with np.errstate(invalid="ignore"):
      by_numpy = activation_of(to_numpy(source, "name"))(grid)
    np.testing.assert_allclose(by_numpy, values, 1e-6, 1e-6, err_msg=source)


def test_tables_name_what_the_language_offers():
  for table in (
    *(functions.ELEMENTWISE, functions.PREDICATES, functions.KEEPING),
    *(functions.CHOICES, functions.CONSTANTS, functions.DTYPES),
    functions.OF_NUMBERS.keys(),
    *(target.functions.keys() for target in (JAX, NUMPY, TORCH)),
  ):
    assert table <= OFFERED | {"jax.Array"}
  for target in (JAX, NUMPY, TORCH):
    assert target.methods.keys() <= rules.METHODS
    assert target.properties.keys() <= rules.PROPERTIES
  assert JAX.functions.keys() >= OFFERED


def test_numpy_and_scipy_have_what_the_tables_name():
  modules = {"np": np, "special": special, "math": math}
  for name in NUMPY.functions.values():
    module, _, path = name.partition(".")
    if path:
      found = modules[module]
      for part in path.split("."):
        found = getattr(found, part)
    else:
      assert name in NUMPY.helpers or name in rules.BUILTINS


WRITTEN = '''"""Waves on a ramp."""
import jax.numpy as np
from jax.nn import gelu as bend; WIDTH = 2.0

def ramp(t: jax.Array, *, slope: "float" = 0.5) -> np.ndarray:
  """A line."""
  from jax import nn
  return slope * t  # Straight.


def activation_function(x: jax.typing.ArrayLike, power: int = 2):
  """Both.

    Indented.
  """
  import math
  y: WIDTH = x
  y += (
    np.sin(WIDTH * x)  # A wave.
    ** power
  )
  y *= 1 + ramp(x, slope=math.sqrt(0.25))
  return bend(y)
'''


def test_export_reads_as_the_program_does():
  assert (
    to_numpy(WRITTEN, "waves")
    == f'''"""waves: an activation function, in NumPy.

Written by actmine from the program {Program(WRITTEN).id}.

Waves on a ramp.
"""

import math

import numpy as np


def _gelu(x: np.ndarray) -> np.ndarray:
  slope = math.sqrt(2 / math.pi)
  return 0.5 * x * (1 + np.tanh(slope * (x + 0.044715 * x**3)))


pass; WIDTH = 2.0

def ramp(t: np.ndarray, *, slope = 0.5) -> np.ndarray:
  """A line."""
  return slope * t  # Straight.


def activation(x: np.ndarray, power: int = 2):
  """Both.

    Indented.
  """
  y = x
  y = y + (
    np.sin(WIDTH * x)  # A wave.
    ** power
  )
  y = y * (1 + ramp(x, slope=math.sqrt(0.25)))
  return _gelu(y)
'''
  )


@pytest.mark.parametrize("to_library", [to_jax, to_numpy])
def test_written_program_computes_the_same(to_library):
  expected = language.load(WRITTEN)(jnp.asarray(GRID))
  exported = activation_of(to_library(WRITTEN, "waves"))
  np.testing.assert_allclose(exported(GRID), expected, rtol=1e-9, atol=1e-9)


def test_names_that_would_hide_those_of_the_library_change():
  source = """
def _gelu(special, np=2.0):
  return special * np

def activation(x):
  np = jax.nn.gelu(x)
  torch = [jax.lax.erf(special * x) for special in (1.0, 2.0)]
  return _gelu(np, np=3.0) + sum(torch)
"""
  expected = language.load(source)(jnp.asarray(GRID))
  text = to_numpy(source, "clash")
  np.testing.assert_allclose(activation_of(text)(GRID), expected, 1e-6)
  assert "_gelu_(np_, np_=3.0) + sum(torch)" in text
  assert "torch_ = [" in to_torch(source, "clash")


@pytest.mark.parametrize(
  "expression",
  [
    "x * jnp.where(x > 0, 1.0, 0.5)",
    "x * jnp.sqrt(2 / jnp.pi) + jnp.mean(x > 0)",
    "x + jnp.linspace(0.0, 1.0, x.shape[-1])",
    "jnp.heaviside(x, 0.5) + jnp.square(3) * x",
    "jnp.select([x < 0, x < 1], [0.0, 0.5], 1.0)",
    "(2.0 * x).sort(axis=-1)",
    "jnp.clip(x, 0.5) + x.ptp() + jnp.reciprocal(2) * x",
  ],
)
def test_dtype_is_that_of_the_input(expression):
  source = program(f"return {expression}")
  grid = GRID.astype(np.float32)
  values = activation_of(to_numpy(source, "name"))(grid)
  assert values.dtype == np.float32
  expected = language.load(source)(jnp.asarray(grid))
  np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-5)


def test_input_stays_as_it_was():
  source = program("y = x", "y += 1", "x -= 2", "return x * y")
  grid = GRID.copy()
  activation_of(to_numpy(source, "name"))(grid)
  np.testing.assert_array_equal(grid, GRID)


def test_scipy_is_there_only_if_needed():
  assert "scipy" not in to_numpy(activations.source("gelu"), "gelu")
  assert "scipy" in to_numpy(activations.source("gelu_exact"), "gelu_exact")


@pytest.mark.parametrize(
  "to_library, line, construct",
  [
    (to_torch, "return jnp.fft.fft2(x).real", "jnp.fft.fft2"),
    (to_torch, "return x[..., ::-1]", "`x[..., ::-1]`"),
    (to_torch, "return x.T", "the property `T` of an array"),
    (to_torch, "return jnp.sum(x, where=x > 0)", "jnp.sum with `where`"),
    (to_numpy, "return x.astype(jnp.bfloat16)", "jnp.bfloat16"),
    (
      to_numpy,
      "return lax.cumsum(x, reverse=True)",
      "lax.cumsum with `reverse`",
    ),
  ],
)
def test_what_has_no_counterpart_is_named(to_library, line, construct):
  title = "PyTorch" if to_library is to_torch else "NumPy"
  with pytest.raises(TranslationError) as caught:
    to_library(program(line), "name")
  assert str(caught.value) == (
    f"{construct} has no counterpart in this export to {title}"
  )


def test_what_is_not_of_the_language_is_refused():
  for to_library in (to_jax, to_numpy, to_torch):
    with pytest.raises(language.LanguageError):
      to_library("import os\ndef activation(x): return x\n", "name")


def test_torch_gets_no_integer_where_it_refuses_them():
  text = to_torch("def activation(x):\n  return x * jax.nn.mish(1)\n", "f")
  assert "x * functional.mish(torch.as_tensor(float(1))).item()" in text
