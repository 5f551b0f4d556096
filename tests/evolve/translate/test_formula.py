"""Programs as formulas."""

import time
from xml.etree import ElementTree

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from scipy import special

from evolve import activations, language
from evolve.translate import formula
from evolve.translate.formulas.evaluation import X, symbolic
from evolve.translate.formulas.layout import (
  SIGMA,
  Brackets,
  Call,
  Cases,
  Fraction,
  Number,
  Operator,
  Power,
  Root,
  Row,
  Symbol,
)
from evolve.translate.formulas.notation import layout
from evolve.translate.libraries import numpy_helpers
from tests.evolve import programs
from tests.evolve.proposers import mutated

GRID = np.linspace(-12, 12, 256).reshape(4, 64)
MIXING = {"turbulent", "phase_flip"}
NAMED = {
  name: activations.source(name)
  for name in activations.names()
  if name not in MIXING
}
PROGRAMS = NAMED | programs.WRITTEN | mutated.PROGRAMS
EXPRESSIONS = {
  name: expression
  for name, source in PROGRAMS.items()
  if (expression := symbolic(source)) is not None
}

ACTIVATIONS = """
  celu elu gelu hard_sigmoid hard_swish hard_tanh leaky_relu log_sigmoid mish
  relu relu6 selu sigmoid softplus swish
"""
FUNCTIONS = {
  name: getattr(numpy_helpers, f"_{name}") for name in ACTIVATIONS.split()
}
FUNCTIONS |= {name.replace("_", ""): f for name, f in FUNCTIONS.items()}
FUNCTIONS |= {
  SIGMA: FUNCTIONS["sigmoid"],
  "arsinh": np.arcsinh,
  "erf": special.erf,
  "max": np.maximum,
  "min": np.minimum,
  "sgn": np.sign,
  "sinc_pi": np.sinc,
}


def program(*lines: str) -> str:
  return "\n".join(["def activation(x):", *(f"  {line}" for line in lines), ""])


def plain(*lines: str) -> str:
  found = formula(program(*lines))
  assert found is not None
  return found.plain


@pytest.fixture(scope="module", autouse=True)
def double_precision():
  with jax.enable_x64(True):
    yield


def python(node) -> str:
  """A formula as Python reads it, by the rules that readers know."""
  match node:
    case Number(text=text) | Symbol(text=text):
      return text
    case Operator(text=text):
      words = {"": "*", "·": "*", "and": "&", "or": "|", "not": "~", "=": "=="}
      return words.get(text, text.replace("≤", "<=").replace("≥", ">="))
    case Row(parts=parts):
      return " ".join(map(python, parts))
    case Brackets(inside=inside, left="|"):
      return f"abs({python(inside)})"
    case Brackets(inside=inside):
      return f"({python(inside)})"
    case Call(
      function=Power(base=base, exponent=exponent), arguments=arguments
    ):
      return f"({python(Call(base, arguments))} ** {python(exponent)})"
    case Call(function=function, arguments=arguments):
      listed = ", ".join(map(python, arguments))
      return f"FUNCTIONS[{function.text!r}]({listed})"
    case Fraction(numerator=above, denominator=below):
      return f"(({python(above)}) / ({python(below)}))"
    case Power(base=base, exponent=exponent):
      return f"{python(base)} ** ({python(exponent)})"
    case Root(inside=inside):
      return f"np.sqrt({python(inside)})"
    case Cases(rows=((value, condition), *rest)):
      if condition is None:
        return python(value)
      others = python(Cases(tuple(rest)))
      return f"np.where({python(condition)}, {python(value)}, {others})"
  raise TypeError(node)


class _Functions(dict):
  def __missing__(self, name):
    return getattr(np, name)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_formula_computes_what_the_program_computes(name):
  expression = EXPRESSIONS[name]
  expected = language.load(PROGRAMS[name])(jnp.asarray(GRID))
  written = python(layout(expression))
  names = {"FUNCTIONS": _Functions(FUNCTIONS), "np": np, "x": GRID}
  with np.errstate(over="ignore"):
    by_sympy = sympy.lambdify(X, expression, [FUNCTIONS, "numpy"])(GRID)
    by_notation = eval(written, names | {"e": np.e, "π": np.pi})
  np.testing.assert_allclose(by_sympy, expected, rtol=1e-6, atol=1e-6)
  np.testing.assert_allclose(by_notation, expected, rtol=1e-6, atol=1e-6)


def test_most_programs_have_a_formula():
  assert NAMED.keys() <= EXPRESSIONS.keys()
  found = mutated.PROGRAMS.keys() & EXPRESSIONS.keys()
  assert len(found) > 0.8 * len(mutated.PROGRAMS)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_mathml_stands_by_itself(name):
  root = ElementTree.fromstring(formula(PROGRAMS[name]).mathml)
  assert root.tag == "math"
  assert {name for node in root.iter() for name in node.attrib} <= {"rspace"}


def test_three_notations():
  found = formula(activations.source("gelu_sinc_perturbation"))
  assert found.plain == "gelu(x) (1 + 0.5 sinc(x))"
  assert found.latex == (
    r"\operatorname{gelu}\left( x \right) \, "
    r"\left( 1 + 0.5 \, \operatorname{sinc}\left( x \right) \right)"
  )
  leaky = formula(activations.source("leaky_relu"))
  assert leaky.plain == "x if x ≥ 0, 0.01 x otherwise"
  assert leaky.latex == (
    r"\begin{cases} x & \text{if } x \ge 0 \\ "
    r"0.01 \, x & \text{otherwise} \end{cases}"
  )
  assert leaky.mathml == (
    "<math><mrow><mo>{</mo><mtable><mtr><mtd><mi>x</mi></mtd><mtd>"
    "<mtext>if\N{NO-BREAK SPACE}</mtext><mrow><mi>x</mi><mo>≥</mo><mn>0</mn>"
    "</mrow></mtd></mtr><mtr><mtd><mrow><mn>0.01</mn>"
    '<mo rspace="0.15em">\N{INVISIBLE TIMES}</mo><mi>x</mi></mrow></mtd>'
    "<mtd><mtext>otherwise</mtext></mtd></mtr></mtable></mrow></math>"
  )


@pytest.mark.parametrize(
  "expression, expected",
  [
    ("0.1 * x", "0.1 x"),
    ("x * 2", "2 x"),
    ("x / 6 + 0.5", "x/6 + 0.5"),
    ("x / (2 * x)", "x/(2 x)"),
    ("x - (x - 1)", "x - (x - 1)"),
    ("x - -2 * x", "x + 2 x"),
    ("-x ** 2", "-x^2"),
    ("(-x) ** 2", "(-x)^2"),
    ("jnp.sin(x) ** 2", "sin^2(x)"),
    ("2 ** -x * 3", "3 · 2^(-x)"),
    ("1e-6 * x", "10^(-6) x"),
    ("2.5e-7 * x", "2.5 · 10^(-7) x"),
    ("1 - (x > 0)", "1 - (1 if x > 0, 0 otherwise)"),
    ("jnp.where(x > 0, x, 0) + 3", "3 + (x if x > 0, 0 otherwise)"),
    ("x if x > 0 else jnp.where(x < -1, -1, x / 2)",
     "x if x > 0, -1 if x < -1, x/2 otherwise"),
    ("jnp.where((x > -1) & (x < 1), x, 0)",
     "x if x > -1 and x < 1, 0 otherwise"),
    ("jax.nn.elu(jnp.sin(x), 0.5)", "elu(sin(x), 0.5)"),
    ("jax.nn.gelu(x, approximate=False)", "(x (1 + erf(x/sqrt(2))))/2"),
    ("sum(jnp.cos(k * x) / k for k in range(1, 4))",
     "cos(x) + cos(2 x)/2 + cos(3 x)/3"),
    ("x * math.sqrt(2 / math.pi)", "x sqrt(2/π)"),
  ],
)  # fmt: skip
def test_notation(expression, expected):
  assert plain(f"return {expression}") == expected


def test_assignments_helpers_loops_and_branches_are_gone():
  source = """
SCALE = 0.5

def wave(z, k=1):
  return jnp.sin(k * z)

def activation(x, mode=None):
  y = x
  for k in range(1, 3):
    y += SCALE * wave(x, k=k)
  if mode is None:
    return y
  return -y
"""
  assert formula(source).plain == "x + 0.5 sin(x) + 0.5 sin(2 x)"


@pytest.mark.parametrize(
  "lines",
  [
    ["return jnp.fft.fft(x).real"],
    ["return x - jnp.mean(x)"],
    ["return jnp.roll(x, 1)"],
    ["return x[..., ::-1]"],
    ["return x / x.shape[-1]"],
    ["return x * jnp.inf"],
    ["return x / 0"],
    ["if x > 0:", "  return x", "return -x"],
    ["return 1j * x"],
  ],
)
def test_no_formula(lines):
  assert formula(program(*lines)) is None


@pytest.mark.parametrize("name", sorted(MIXING))
def test_what_mixes_elements_has_no_formula(name):
  assert formula(activations.source(name)) is None


@pytest.mark.parametrize(
  "lines",
  [
    # Shared parts: three terms become 3 ** 300.
    ["y = x", "for k in range(300):", "  y = y * y + jnp.tanh(y)", "return y"],
    ["k = 3", "for i in range(900):", "  k = k * k", "return k * x"],
    ["c = 9.0 ** 9.0 ** 9.0 ** 9.0", "return x if c > 0 else -x"],
    ["y = x", "for k in range(900):", "  y = jnp.sin(y)", "return y"],
  ],
)
def test_large_formulas_are_given_up_at_once(lines):
  start = time.monotonic()
  assert formula(program(*lines)) is None
  assert time.monotonic() - start < 2


def test_what_is_not_of_the_language_is_refused():
  with pytest.raises(language.LanguageError):
    formula("def activation(x): return open(x)\n")
