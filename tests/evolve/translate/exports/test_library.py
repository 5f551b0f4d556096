"""Every function of the language that keeps an array's shape, per library."""

import functools

import jax
import numpy as np
import pytest
import torch

from evolve import language
from evolve.language import rules
from evolve.translate import LIBRARIES, TranslationError
from tests.evolve.translate import originals
from tests.evolve.translate.exports.modules import activation_of
from tests.evolve.translate.originals import program

GRID = np.linspace(0.1, 0.9, 6)
MODULES = (
  *("jax.numpy", "jax.nn", "jax.lax"),
  *("jax.scipy.special", "jax.scipy.stats.norm"),
)
# NumPy has no bfloat16; real floats are cast; others want other arguments.
LEFT_OUT = {
  *(
    "jax.lax.full_like",
    "jax.numpy.bfloat16",
    "jax.numpy.complex64",
    "jax.numpy.full_like",
  ),
  *("jax.numpy.imag", "jax.numpy.roll", "jax.numpy.stack", "jax.numpy.where"),
}
REFUSED = {
  "numpy": "",
  "torch": """
    jax.lax.cumlogsumexp jax.lax.cummax jax.lax.cummin jax.lax.cumprod
    jax.lax.cumsum jax.numpy.transpose
  """,
}


@functools.cache
def calls() -> dict[str, str]:
  """Programs that call one function each, by its path."""
  found = {}
  offered = {f"{m}.{name}" for m in MODULES for name in rules.MODULES[m]}
  for path in sorted(offered - LEFT_OUT):
    for arguments in ("x", "x, 1 - x", "0.3, x, 0.6"):
      source = program(f"return {path}({arguments})")
      try:
        result = jax.eval_shape(language.load(source), GRID)
      except (TypeError, ValueError, AttributeError, NotImplementedError):
        continue
      if getattr(result, "shape", None) == GRID.shape:
        found[path] = source
        break
  return found


@functools.cache
def expected() -> dict[str, np.ndarray]:
  functions = {path: language.load(s) for path, s in calls().items()}
  return originals.compute(
    lambda x: {path: f(x) for path, f in functions.items()}, GRID
  )


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_functions_compute_the_same(library):
  assert len(calls()) > 150
  refused = set()
  for path, source in calls().items():
    try:
      activation = activation_of(source, library)
    except TranslationError:
      refused.add(path)
      continue
    with np.errstate(invalid="ignore"):
      values = activation(torch.tensor(GRID) if library == "torch" else GRID)
    np.testing.assert_allclose(
      values, expected()[path], 1e-6, 1e-6, err_msg=path
    )
  assert refused == set(REFUSED[library].split())


@pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)
def test_tables_name_what_the_language_and_the_library_have(library):
  offered = {f"{m}.{n}" for m, names in rules.MODULES.items() for n in names}
  offered |= {f"builtins.{name}" for name in rules.BUILTINS}
  assert library.names.keys() <= offered
  assert library.methods.keys() <= rules.METHODS
  assert library.properties.keys() <= rules.PROPERTIES
  namespace: dict = {}
  exec("\n".join(library.imports.values()), namespace)
  for expression in filter(None, library.names.values()):
    if not expression.startswith("_"):
      eval(expression, namespace)
  counterparts = [*library.names.values(), *library.methods.values()]
  helpers = {name for name in counterparts if name.startswith("_")}
  assert helpers <= library.helpers.keys()
