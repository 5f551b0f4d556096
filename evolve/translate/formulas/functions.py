"""The functions of the candidate language on SymPy's expressions.

Named activations stay calls of functions that SymPy knows only by name; other
functions are written out. A condition is an expression, too: 1 where it holds,
else 0. Reductions and what moves elements have no formula.
"""

import functools
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy import Expr, Piecewise
from sympy.logic.boolalg import Boolean

from evolve.translate.synonyms import SYNONYMS, table

_ZERO, _ONE = sympy.Integer(0), sympy.Integer(1)
_MAX_EXPONENT = 64


class NoFormulaError(Exception):
  """The program has no formula here; the text says why."""


def number(value: float) -> Expr:
  """A constant of the program; whole numbers become integers."""
  if not abs(value) < math.inf:
    raise NoFormulaError("a constant is infinite, or no number")
  if float(value).is_integer() and abs(value) < 1e6:
    return sympy.Integer(int(value))
  return sympy.Integer(value) if isinstance(value, int) else sympy.Float(value)


def value_of(constant: Expr) -> float:
  """The value of an expression without x.

  Raises:
    NoFormulaError: if it has x, or calls functions that SymPy doesn't know.
  """
  try:
    return float(constant)
  except TypeError as error:
    raise NoFormulaError("a branch or an index depends on x") from error


def condition_of(value: Expr) -> Boolean:
  """The condition under which a value that is 1 or 0 is 1."""
  if isinstance(value, Piecewise) and [c.expr for c in value.args] == [1, 0]:
    return value.args[0].cond
  if value.free_symbols:
    return sympy.Ne(value, 0, evaluate=False)
  return sympy.true if value_of(value) else sympy.false


def choose(condition: Expr, then: Expr, otherwise: Expr) -> Expr:
  """Cases; those within the last one join the list."""
  holds = condition_of(condition)
  if holds in (sympy.true, sympy.false):
    return then if holds == sympy.true else otherwise
  cases = [(otherwise, sympy.true)]
  if isinstance(otherwise, Piecewise):
    cases = [tuple(case) for case in otherwise.args]
  return Piecewise((then, holds), *cases, evaluate=False)


def indicator(condition: Boolean) -> Expr:
  """1 where a condition holds, else 0."""
  if condition in (sympy.true, sympy.false):
    return _ONE if condition == sympy.true else _ZERO
  return Piecewise((_ONE, condition), (_ZERO, sympy.true), evaluate=False)


def compare(kind: type[Any], left: Expr, right: Expr) -> Expr:
  """The indicator of a comparison, decided between constants."""
  if left.free_symbols or right.free_symbols:
    return indicator(kind(left, right, evaluate=False))
  return indicator(kind(value_of(left), value_of(right)))


def both(left: Expr, right: Expr) -> Expr:
  return indicator(sympy.And(condition_of(left), condition_of(right)))


def either(left: Expr, right: Expr) -> Expr:
  return indicator(sympy.Or(condition_of(left), condition_of(right)))


def negation(value: Expr) -> Expr:
  return indicator(sympy.Not(condition_of(value)))


def one_of(left: Expr, right: Expr) -> Expr:
  only_left = both(left, negation(right))
  return either(only_left, both(negation(left), right))


def power(base: Expr, exponent: Expr) -> Expr:
  if exponent.is_number and abs(value_of(exponent)) > _MAX_EXPONENT:
    raise NoFormulaError("a power is too large")
  return base**exponent


@functools.cache
def _call(name: str) -> Callable[..., Expr]:
  """A function that SymPy knows only by name; an underscore would be a sub."""
  function: Callable[..., Expr] = sympy.Function(name.replace("_", ""))
  return function


def _with_parameter(name: str, default: float) -> Callable[..., Expr]:
  """A call whose parameter is written only if it is not the default."""

  def call(x: Expr, parameter: Expr = default) -> Expr:
    return _call(name)(x, *([] if parameter == default else [parameter]))

  return call


def _abs(x: Expr) -> Expr:
  return sympy.Abs(x, evaluate=False)


def _exp(x: Expr) -> Expr:
  return sympy.exp(x, evaluate=not x.free_symbols)


def _log(x: Expr) -> Expr:
  return _call("log")(x) if x.free_symbols else sympy.log(x)


def _clip(x: Expr, min: Expr | None = None, max: Expr | None = None) -> Expr:
  if min is not None:
    x = _call("max")(x, min)
  return x if max is None else _call("min")(x, max)


def _gelu(x: Expr, approximate: Expr = _ONE) -> Expr:
  if approximate == _ONE:
    return _call("gelu")(x)
  return x / 2 * (1 + _call("erf")(x / sympy.sqrt(2)))


def _heaviside(x: Expr, at_zero: Expr) -> Expr:
  above = choose(compare(sympy.Gt, x, _ZERO), _ONE, at_zero)
  return choose(compare(sympy.Lt, x, _ZERO), _ZERO, above)


def _leaky_relu(x: Expr, negative_slope: Expr = 0.01) -> Expr:
  if not x.is_Symbol:  # It would be written three times.
    return _call("leaky_relu")(x, negative_slope)
  return choose(compare(sympy.Ge, x, _ZERO), x, negative_slope * x)


def _of_shape(shape: None, value: Expr) -> Expr:
  """The elements of an array of the shape of x, which is None here."""
  if shape is not None:
    raise NoFormulaError("an array has another shape than x")
  return value


def _normal_cdf(x: Expr, loc: Expr = _ZERO, scale: Expr = _ONE) -> Expr:
  return (1 + _call("erf")((x - loc) / (scale * sympy.sqrt(2)))) / 2


def _normal_pdf(x: Expr, loc: Expr = _ZERO, scale: Expr = _ONE) -> Expr:
  return _exp(-(((x - loc) / scale) ** 2) / 2) / (
    scale * sympy.sqrt(2 * sympy.pi)
  )


def _select(conditions: Any, choices: Any, default: Expr = _ZERO) -> Expr:
  for condition, choice in zip(conditions[::-1], choices[::-1], strict=True):
    default = choose(condition, choice, default)
  return default


def _same(x: Any, *_: Any, **__: Any) -> Any:
  """Conversions, and others that change no value."""
  return x


_CALLS = table(
  """
  jax.numpy ->
    arccos arccosh:arcosh arcsin arcsinh:arsinh arctan arctan2 arctanh:artanh
    cbrt copysign cos cosh fmax:max fmin:min fmod i0 maximum:max minimum:min mod
    remainder:mod rint:round round sign sin sinc sinh tan tanh trunc
  jax.nn ->
    hard_sigmoid hard_swish hard_tanh log_sigmoid mish relu relu6 selu sigmoid
    softplus sparse_plus sparse_sigmoid swish
  jax.scipy.special ->
    digamma entr erf erfc erfinv gammaln i0 i1 log_ndtr ndtri xlogy
  """
)
_NUMPY: Mapping[str, Any] = {
  "abs": _abs,
  "add": operator.add,
  "array": _same,
  "asarray": _same,
  "astype": _same,
  "broadcast_to": lambda x, shape: _of_shape(shape, x),
  "ceil": lambda x: sympy.ceiling(x, evaluate=False),
  "clip": _clip,
  "conj": _same,
  "deg2rad": lambda x: x * sympy.pi / 180,
  "divide": operator.truediv,
  "e": sympy.E,
  "equal": functools.partial(compare, sympy.Eq),
  "euler_gamma": number(0.5772156649015329),
  "exp": _exp,
  "exp2": lambda x: 2**x,
  "expm1": lambda x: _exp(x) - 1,
  "float32": _same,
  "float_power": power,
  "floor": lambda x: sympy.floor(x, evaluate=False),
  "floor_divide": lambda a, b: sympy.floor(a / b, evaluate=False),
  "full": lambda shape, fill_value: _of_shape(shape, fill_value),
  "full_like": lambda x, fill_value: fill_value,
  "greater": functools.partial(compare, sympy.Gt),
  "greater_equal": functools.partial(compare, sympy.Ge),
  "heaviside": _heaviside,
  "hypot": lambda a, b: sympy.sqrt(a**2 + b**2),
  "imag": lambda x: _ZERO,
  "less": functools.partial(compare, sympy.Lt),
  "less_equal": functools.partial(compare, sympy.Le),
  "log": _log,
  "log10": lambda x: _log(x) / _log(number(10)),
  "log1p": lambda x: _log(1 + x),
  "log2": lambda x: _log(x) / _log(number(2)),
  "logaddexp": lambda a, b: _log(_exp(a) + _exp(b)),
  "logaddexp2": lambda a, b: _log(2**a + 2**b) / _log(number(2)),
  "logical_and": both,
  "logical_not": negation,
  "logical_or": either,
  "logical_xor": one_of,
  "multiply": operator.mul,
  "negative": operator.neg,
  "not_equal": functools.partial(compare, sympy.Ne),
  "ones": lambda shape: _of_shape(shape, _ONE),
  "ones_like": lambda x: _ONE,
  "pi": sympy.pi,
  "polyval": lambda p, x: functools.reduce(lambda y, c: y * x + c, p, _ZERO),
  "positive": _same,
  "power": power,
  "rad2deg": lambda x: x * 180 / sympy.pi,
  "real": _same,
  "reciprocal": lambda x: 1 / x,
  "select": _select,
  "signbit": lambda x: compare(sympy.Lt, x, _ZERO),
  "sqrt": sympy.sqrt,
  "square": lambda x: x**2,
  "subtract": operator.sub,
  "where": choose,
  "zeros": lambda shape: _of_shape(shape, _ZERO),
  "zeros_like": lambda x: _ZERO,
}
_MEANINGS: Mapping[str, Any] = (
  {path: _call(name) for path, name in _CALLS.items()}
  | {f"jax.numpy.{name}": meaning for name, meaning in _NUMPY.items()}
  | {
    "jax.nn.celu": _with_parameter("celu", 1),
    "jax.nn.elu": _with_parameter("elu", 1),
    "jax.nn.gelu": _gelu,
    "jax.nn.identity": _same,
    "jax.nn.leaky_relu": _leaky_relu,
    # With a digit inside, MathML would take names apart.
    "jax.scipy.special.i0e": lambda x: _call("i0")(x) * _exp(-_abs(x)),
    "jax.scipy.special.i1e": lambda x: _call("i1")(x) * _exp(-_abs(x)),
    "jax.scipy.special.xlog1py": lambda a, b: _call("xlogy")(a, 1 + b),
    "jax.scipy.special.logit": lambda x: _log(x / (1 - x)),
    "jax.scipy.special.ndtr": _normal_cdf,
    "jax.scipy.stats.norm.cdf": _normal_cdf,
    "jax.scipy.stats.norm.logcdf": lambda *x: _log(_normal_cdf(*x)),
    "jax.scipy.stats.norm.logpdf": lambda *x: _log(_normal_pdf(*x)),
    "jax.scipy.stats.norm.pdf": _normal_pdf,
    "jax.scipy.stats.norm.sf": lambda *x: 1 - _normal_cdf(*x),
    "jax.nn.soft_sign": lambda x: x / (1 + _abs(x)),
    "jax.nn.squareplus": lambda x, b=4: (x + sympy.sqrt(x**2 + b)) / 2,
    "jax.lax.clamp": lambda min, x, max: _clip(x, min, max),
    "jax.lax.convert_element_type": _same,
    "jax.lax.rsqrt": lambda x: 1 / sympy.sqrt(x),
    "jax.lax.select_n": lambda which, no, yes: choose(which, yes, no),
    "jax.lax.stop_gradient": _same,
    "math.factorial": lambda n: number(math.factorial(min(int(n), 20))),
    "math.gamma": lambda x: number(math.gamma(value_of(x))),
    "math.lgamma": lambda x: number(math.lgamma(value_of(x))),
    "math.tau": 2 * sympy.pi,
    "builtins.enumerate": lambda values, start=_ZERO: tuple(
      (start + i, value) for i, value in enumerate(values)
    ),
    "builtins.float": _same,
    "builtins.int": lambda x: number(int(value_of(x))),
    "builtins.len": lambda values: number(len(values)),
    "builtins.list": tuple,
    "builtins.max": lambda *values: max(*values, key=value_of),
    "builtins.min": lambda *values: min(*values, key=value_of),
    "builtins.range": lambda *ends: tuple(map(number, range(*map(int, ends)))),
    "builtins.reversed": lambda values: values[::-1],
    "builtins.round": lambda x: number(round(value_of(x))),
    "builtins.sum": lambda values, start=_ZERO: sum(values, start),
    "builtins.tuple": tuple,
    "builtins.zip": lambda *values: tuple(zip(*values, strict=False)),
  }
)
_METHODS: Mapping[str, Callable[..., Any]] = {
  "astype": _same,
  "clip": _clip,
  "conj": _same,
  "round": _call("round"),
}


def meaning(path: str) -> Any:
  """The function or constant of a dotted path, such as `jax.numpy.sin`.

  Raises:
    NoFormulaError: if it has none.
  """
  found = _MEANINGS.get(SYNONYMS.get(path, path))
  if found is None:
    raise NoFormulaError(f"{_as_typed(path)} has none")
  return found


def method(name: str) -> Callable[..., Any]:
  """The function of an array's method.

  Raises:
    NoFormulaError: if it has none.
  """
  if name not in _METHODS:
    raise NoFormulaError(f"the method {name} has none")
  return _METHODS[name]


def _as_typed(path: str) -> str:
  """A dotted path as programs have it, such as jnp.sin."""
  for name, module in (("jnp", "jax.numpy"), ("lax", "jax.lax")):
    if path.startswith(f"{module}."):
      return path.replace(module, name, 1)
  return path.removeprefix("builtins.")
