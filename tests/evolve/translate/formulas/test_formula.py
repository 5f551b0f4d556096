"""Formulas read back, and how they are written."""

import ast
import contextlib
import functools

import numpy as np
import pytest
import scipy.special

from evolve import activations, language
from evolve.translate import LIBRARIES, Formula, NoFormulaError, formula
from tests.evolve.proposers.mutated import SLOW, cases
from tests.evolve.translate import originals
from tests.evolve.translate.formulas.mathml import python
from tests.evolve.translate.originals import GRID, PROGRAMS, program

GROUPS = [
  pytest.param(sorted(PROGRAMS.keys() - SLOW), id="fast"),
  pytest.param(sorted(PROGRAMS), id="all", marks=pytest.mark.slow),
]
MIXING = {"turbulent", "phase_flip", "ash"}


@functools.cache
def formula_of(name: str) -> Formula | None:
  """The formula of a program, if it has one."""
  with contextlib.suppress(NoFormulaError):
    return formula(PROGRAMS[name])
  return None


def functions() -> dict:
  """The functions of formulas; activations as NumPy exports define them."""
  numpy = LIBRARIES["numpy"]
  helpers = numpy.helpers.values()
  found: dict = {}
  exec("\n".join([*numpy.imports.values(), *map(ast.unparse, helpers)]), found)
  found |= {n.replace("_", ""): f for n, f in found.items() if n[0] == "_"}
  names = (
    "arctan arctan2 cbrt ceil copysign cos cosh exp floor fmod i0 log mod "
    "round sign sin sinc sinh sqrt tan tanh trunc"
  )
  special = "digamma entr erf i1 ndtri xlogy"
  return found | {
    **{name: getattr(scipy.special, name) for name in special.split()},
    **{name: getattr(np, name) for name in names.split()},
    **{"Abs": abs, "E": np.e, "pi": np.pi, "arsinh": np.arcsinh},
    **{"logndtr": scipy.special.log_ndtr, "max": max, "min": min},
  }


def evaluate(expression: str) -> np.ndarray:
  code = compile(expression, expression, "eval")
  known = functions()
  values = [eval(code, known | {"x": x}) for x in GRID.flat]
  return np.reshape(values, GRID.shape)


def plain(*lines: str) -> str:
  found = formula(program(*lines))
  assert np.allclose(evaluate(found.plain), evaluate(python(found.mathml)))
  return found.plain


@pytest.mark.parametrize("name", cases(PROGRAMS))
def test_formula_computes_what_the_program_computes(name):
  found = formula_of(name)
  if not found:
    return  # The next test says that few have none.
  expected, _ = originals.values_and_slopes(name)
  for text in (found.plain, python(found.mathml)):
    np.testing.assert_allclose(evaluate(text), expected, 1e-6, 1e-6)


@pytest.mark.parametrize("names", GROUPS)
def test_most_programs_have_a_formula(names):
  without = {name for name in names if not formula_of(name)}
  assert without & set(activations.names()) == MIXING
  assert len(without) < 0.24 * len(names)


@pytest.mark.parametrize(
  "name, expected",
  {
    "relu": "relu(x)",
    "leaky_relu": "(x if x >= 0 else 0.01*x)",
    "squareplus": "(x + sqrt(x**2 + 4))/2",
    "softsign": "x/(Abs(x) + 1)",
    "hard_sigmoid": "min(max(x/6 + 0.5, 0), 1)",
    "hard_tanh": "hardtanh(x)",
    "gelu": "gelu(x)",
    "gelu_exact": "x*(erf(sqrt(2)*x/2) + 1)/2",
    "snake": "x + sin(x)**2",
    "gelusine": "gelu(x) + 0.1*sin(x)",
    "gelu_sinc_perturbation": "(0.5*sinc(x) + 1)*gelu(x)",
    "gmtu": "0.1*x + exp(-0.2*x**2)*tanh(1.5*x)",
    "crrelu": "0.01*x*exp(-0.5*x**2) + relu(x)",
  }.items(),
)
def test_named_activation_as_text(name, expected):
  assert formula_of(name).plain == expected


def test_leaky_relu_as_mathml():
  mathml = formula_of("leaky_relu").mathml
  brace = '<mo stretchy="true" fence="true" form="prefix">&#x0007B;</mo>'
  assert f"<mrow>{brace}<mtable>" in mathml
  assert "<mtext>otherwise</mtext>" in mathml
  assert python(mathml) == ("((x) if x >= 0 else (0.01 * x))")


@pytest.mark.parametrize(
  "expression, expected",
  [
    ("x - (x - 1)", "x - (x - 1)"),
    ("x - jnp.tanh(x - 1)", "x - tanh(x - 1)"),
    ("-x ** 2", "-x**2"),
    ("(-x) ** 3", "-x**3"),
    ("x ** jnp.floor(x / 100 + 2)", "x**floor(x/100 + 2)"),
    ("(x ** 2 + 1) ** -0.5", "(x**2 + 1)**(-0.5)"),
    ("2 ** -x * 3", "3/2**x"),
    ("2.5e-7 * x", "2.5e-7*x"),
    ("-0.5 * (x + jnp.sin(x))", "-0.5*(x + sin(x))"),
    ("1 - (x > 0)", "1 - (1 if x > 0 else 0)"),
    ("(x > 0) * jnp.sin(x) + 1", "(1 if x > 0 else 0)*sin(x) + 1"),
    ("jnp.tanh(x - jnp.where(x > 0, x, 1.0)) * 2",
     "2*tanh(x - (x if x > 0 else 1))"),
    ("jnp.exp2(jnp.where(x > 0, 1.0, 2.0))", "2**(1 if x > 0 else 2)"),
    ("jnp.where(x > 0, 1.0, 2.0) ** jnp.tanh(x)",
     "(1 if x > 0 else 2**tanh(x))"),
    ("jnp.where((x > -1) & (x < 1), x, 0)",
     "(x if (x > -1) & (x < 1) else 0)"),
    ("jnp.where(~((x > -1) | (x < -3)), x, 0)",
     "(x if ~((x > -1) | (x < -3)) else 0)"),
    ("jnp.where(x > 1, 1, jnp.where(x < -1, -1, x / 2))",
     "(1 if x > 1 else -1 if x < -1 else x/2)"),
    ("jnp.abs(x) * abs(x - 1)", "Abs(x)*Abs(x - 1)"),
    ("jax.nn.elu(jnp.sin(x), 0.5)", "elu(sin(x), 0.5)"),
    ("jax.nn.leaky_relu(2 * x)", "leakyrelu(2*x, 0.01)"),
    ("sum(jnp.cos(k * x) / k for k in range(1, 4))",
     "cos(x) + cos(2*x)/2 + cos(3*x)/3"),
    ("x * math.sqrt(2 / math.pi)", "sqrt(2)*x/sqrt(pi)"),
    ("x / jnp.log2(x ** 2 + 2)", "x*log(2)/log(x**2 + 2)"),
  ],
)  # fmt: skip
def test_expression_as_text(expression, expected):
  assert plain(f"return {expression}") == expected


# Functions of the language that formulas name, with what JAX computes.
_SHOWN = {
  "jnp.piecewise(x, [x < 0, x > 2], [lambda z: -z, 0.5, double])":
    "(0.5 if x > 2 else -x if x < 0 else 2*x)",
  "jnp.piecewise(x, [x > 0, x > 2], [double, lambda z: jnp.tanh(z)])":
    "(tanh(x) if x > 2 else 2*x if x > 0 else 0)",
  "jnp.select([x < -1, x < 1], [-1.0, x], 1.0)":
    "(-1 if x < -1 else x if x < 1 else 1)",
  "jnp.where(x, 1.0, 2.0)": "(1 if x != 0 else 2)",
  "jnp.where(jnp.sin(x), x, 2.0)": "(x if sin(x) != 0 else 2)",
  "jnp.where((x > 1) ^ (x > 2), x, 0)":
    "(x if ((x <= 1) & (x > 2)) | ((x <= 2) & (x > 1)) else 0)",
  "jax.lax.select_n(x > 0, x, 2 * x)": "(2*x if x > 0 else x)",
  "jax.lax.select(x > 0, x, jnp.zeros(x.shape))": "(x if x > 0 else 0)",
  "jnp.where(jnp.signbit(x), jnp.full(x.shape, 3.0), x)":
    "(3 if x < 0 else x)",
  "x % 2 + x // 3": "mod(x, 2) + floor(x/3)",
  "jnp.fmod(x, 2) - jax.lax.rem(x, 3.0)": "fmod(x, 2) - fmod(x, 3)",
  "jnp.cbrt(x) * jnp.trunc(x)": "cbrt(x)*trunc(x)",
  "jnp.round(x) - jnp.rint(x / 3)": "-round(x/3) + round(x)",
  "jnp.arctan2(x, 2) + jnp.copysign(2, x)": "arctan2(x, 2) + copysign(2, x)",
  "jnp.fmax(x, 0) + jnp.fmin(x, 1)": "max(x, 0) + min(x, 1)",
  "jnp.deg2rad(x) + jnp.rad2deg(x)": "pi*x/180 + 180*x/pi",
  "jnp.logaddexp2(x, 0)": "log(2**x + 1)/log(2)",
  "jnp.i0(x / 4) + jax.scipy.special.i1e(x)": "i0(x/4) + i1(x)*exp(-Abs(x))",
  "jax.scipy.special.ndtr(x) * x": "x*(erf(sqrt(2)*x/2) + 1)/2",
  "jax.scipy.stats.norm.pdf(x) * x": "sqrt(2)*x*exp(-x**2/2)/(2*sqrt(pi))",
  "jax.scipy.stats.norm.sf(x)": "1 - (erf(sqrt(2)*x/2) + 1)/2",
  "jax.scipy.special.log_ndtr(x)": "logndtr(x)",
  "jax.scipy.special.xlogy(x, x ** 2)": "xlogy(x, x**2)",
  "jnp.astype(x, jnp.float32).conj()": "x",
}  # fmt: skip


@pytest.mark.parametrize("expression", _SHOWN)
def test_functions_of_the_language(expression):
  lines = ["double = lambda z: 2 * z", f"return {expression}"]
  found = plain(*lines)
  computed = originals.compute(language.load(program(*lines)), GRID)
  np.testing.assert_allclose(evaluate(found), computed, 1e-6, 1e-6)
  assert found == _SHOWN[expression]


@pytest.mark.parametrize("names", GROUPS)
def test_mathml_names_no_file(names):
  for found in filter(None, map(formula_of, names)):
    assert "href" not in found.mathml
    assert "src" not in found.mathml


def test_program_outside_the_language_is_refused():
  with pytest.raises(language.LanguageError):
    formula("def activation(x): return open(x)\n")
