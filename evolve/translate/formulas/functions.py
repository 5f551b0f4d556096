"""What the functions of the language are in formulas.

Activations that have a name keep it; what mixes elements is not there.
"""

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy import Expr

from evolve.translate.formulas.algebra import (
  NoFormulaError,
  add,
  arithmetic,
  both,
  call,
  choose,
  compare,
  divide,
  either,
  is_condition,
  multiply,
  negate,
  number,
  power,
  root,
  subtract,
  value_of,
)
from evolve.translate.formulas.names import NAMES

_ZERO, _ONE, _TWO, _FOUR = map(sympy.Integer, (0, 1, 2, 4))
_LEAK = sympy.Float(0.01)


def _maximum(a: Expr, b: Expr) -> Expr:
  return call("max", a, b)


def _minimum(a: Expr, b: Expr) -> Expr:
  return call("min", a, b)


def _clip(x: Expr, min: Expr | None = None, max: Expr | None = None) -> Expr:
  if min is not None:
    x = _maximum(x, min)
  return x if max is None else _minimum(x, max)


def _clamp(min: Expr, x: Expr, max: Expr) -> Expr:
  return _clip(x, min, max)


def _exponential(x: Expr) -> Expr:
  return _ONE if x.is_zero else call("exp", x)


def _log_sum(a: Expr, b: Expr) -> Expr:
  return call("log", add(_exponential(a), _exponential(b)))


def _hypotenuse(a: Expr, b: Expr) -> Expr:
  return root(add(power(a, _TWO), power(b, _TWO)))


def _heaviside(x: Expr, at_zero: Expr) -> Expr:
  above = choose(compare(x, ">", _ZERO), _ONE, at_zero)
  return choose(compare(x, "<", _ZERO), _ZERO, above)


def _gelu(x: Expr, approximate: Expr = _ONE) -> Expr:
  if approximate == _ONE:
    return call("gelu", x)
  scaled = divide(x, root(_TWO))
  return multiply(divide(x, _TWO), add(_ONE, call("erf", scaled)))


def _leaky_relu(x: Expr, negative_slope: Expr = _LEAK) -> Expr:
  if not x.is_Symbol:  # It would stand there three times.
    return call("leaky_relu", x, negative_slope)
  return choose(compare(x, ">=", _ZERO), x, multiply(negative_slope, x))


def _elu(x: Expr, alpha: Expr = _ONE) -> Expr:
  return call("elu", x) if alpha == _ONE else call("elu", x, alpha)


def _celu(x: Expr, alpha: Expr = _ONE) -> Expr:
  return call("celu", x) if alpha == _ONE else call("celu", x, alpha)


def _squareplus(x: Expr, b: Expr = _FOUR) -> Expr:
  return divide(add(x, root(add(power(x, _TWO), b))), _TWO)


def _select(
  conditions: tuple[Any, ...], choices: tuple[Any, ...], default: Any = _ZERO
) -> Expr:
  for condition, choice in zip(conditions[::-1], choices[::-1], strict=True):
    default = choose(condition, arithmetic(choice), arithmetic(default))
  return default


def _where(condition: Any, then: Any, otherwise: Any) -> Expr:
  if not is_condition(condition):
    raise NoFormulaError("a number as a condition")
  return choose(condition, arithmetic(then), arithmetic(otherwise))


def _polynomial(coefficients: tuple[Any, ...], x: Expr) -> Expr:
  y: Expr = _ZERO
  for coefficient in coefficients:
    y = add(multiply(y, x), coefficient)
  return y


def _relation(relation: str) -> Callable[[Expr, Expr], Any]:
  return lambda a, b: compare(a, relation, b)


def _range(*bounds: Expr) -> tuple[Expr, ...]:
  return tuple(number(i) for i in range(*map(int, bounds)))


def _enumerate(
  values: tuple[Any, ...], start: Expr = _ZERO
) -> tuple[tuple[Any, ...], ...]:
  return tuple((number(i), value) for i, value in enumerate(values, int(start)))


def _sum(values: tuple[Any, ...], start: Expr = _ZERO) -> Expr:
  return functools.reduce(add, map(arithmetic, values), start)


def _largest(*values: Any) -> Expr:
  return max(*values, key=value_of)


def _smallest(*values: Any) -> Expr:
  return min(*values, key=value_of)


def _first(x: Any, *_: Any, **__: Any) -> Any:
  """For conversions, which change no value."""
  return x


# By the name that they have in most modules of the language.
_BUILDERS: Mapping[str, Callable[..., Any]] = {
  "abs": lambda x: call("abs", x),
  "add": add,
  "array": _first,
  "celu": _celu,
  "clamp": _clamp,
  "clip": _clip,
  "divide": divide,
  "elu": _elu,
  "equal": _relation("=="),
  "exp": _exponential,
  "exp2": lambda x: power(_TWO, x),
  "expm1": lambda x: subtract(call("exp", x), _ONE),
  "full_like": lambda x, fill_value: fill_value,
  "gelu": _gelu,
  "greater": _relation(">"),
  "greater_equal": _relation(">="),
  "heaviside": _heaviside,
  "hypot": _hypotenuse,
  "identity": _first,
  "leaky_relu": _leaky_relu,
  "less": _relation("<"),
  "less_equal": _relation("<="),
  "log1p": lambda x: call("log", add(_ONE, x)),
  "logaddexp": _log_sum,
  "logical_and": both,
  "logical_not": lambda a: sympy.Not(a, evaluate=False),
  "logical_or": either,
  "maximum": _maximum,
  "minimum": _minimum,
  "multiply": multiply,
  "negative": negate,
  "not_equal": _relation("!="),
  "ones_like": lambda x: _ONE,
  "polyval": _polynomial,
  "power": power,
  "reciprocal": lambda x: divide(_ONE, x),
  "rsqrt": lambda x: divide(_ONE, root(x)),
  "select": _select,
  "soft_sign": lambda x: divide(x, add(_ONE, call("abs", x))),
  "sqrt": root,
  "square": lambda x: power(x, _TWO),
  "squareplus": _squareplus,
  "subtract": subtract,
  "where": _where,
  "zeros_like": lambda x: _ZERO,
}

_OF_CONDITIONS = ("logical_and", "logical_not", "logical_or", "select", "where")


def _builder(name: str) -> Callable[..., Any]:
  def build(*values: Any, **named_values: Any) -> Any:
    named_values = {k: arithmetic(v) for k, v in named_values.items()}
    return builder(*map(arithmetic, values), **named_values)

  builder = _BUILDERS.get(name) or functools.partial(_call_of_one, name)
  return builder if name in _OF_CONDITIONS else build


def _call_of_one(name: str, x: Expr) -> Expr:
  return call(name, x)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
  path: _builder(name) for path, name in NAMES.items()
} | {
  "builtins.enumerate": _enumerate,
  "builtins.int": lambda x: number(int(value_of(x))),
  "builtins.len": lambda values: number(len(values)),
  "builtins.list": tuple,
  "builtins.max": _largest,
  "builtins.min": _smallest,
  "builtins.range": _range,
  "builtins.reversed": lambda values: values[::-1],
  "builtins.round": lambda x: number(round(value_of(x))),
  "builtins.sum": _sum,
  "builtins.tuple": tuple,
  "builtins.zip": lambda *values: tuple(zip(*values, strict=False)),
  "math.factorial": lambda n: number(math.factorial(min(int(n), 20))),
}
METHODS: Mapping[str, Callable[..., Any]] = {"astype": _first, "clip": _clip}
CONSTANTS: Mapping[str, sympy.Basic] = {
  "jax.numpy.e": sympy.E,
  "jax.numpy.euler_gamma": number(0.5772156649015329),
  "jax.numpy.pi": sympy.pi,
  "math.e": sympy.E,
  "math.pi": sympy.pi,
  "math.tau": multiply(_TWO, sympy.pi),
}
