"""What one JAX primitive costs: weights, and textbook algorithms.

Elementwise functions weigh what they take on XLA's CPU backend, in units of
half a step of Horner's rule, rounded to the nearest power of two. The result,
in BUILD_NOTES.md, agrees with the operations of the polynomials that float32
needs. Weights end at `_HEAVIEST`: what takes longer is a call of the C library
for one element at a time, a gap of that backend and no property of a function.

What mixes elements is counted by its textbook algorithm. XLA's sorts and
cumulative sums on CPU take up to hundreds of times as long; the time limits of
an evaluation bound those.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from jax.extend import core

_HEAVIEST = 256  # Also of what no table knows.

# Primitives that run one of the computations that they hold, once.
CALLS = frozenset(
  {"closed_call", "cond", "core_call", "custom_jvp_call", "custom_vjp_call"}
  | {"jit", "remat2"}
)

# Primitive -> operations per element of its output.
WEIGHTS: Mapping[str, int] = {
  name: weight
  for weight, names in {
    # Views, and what XLA folds into whatever reads it.
    0: """
      bitcast_convert_type broadcast_in_dim imag real reshape slice split
      squeeze stop_gradient
    """,
    # Few instructions; copies.
    1: """
      abs add and ceil clamp complex conj convert_element_type copy eq floor ge
      gt is_finite le lt lt_to max min mul ne neg not or round select_n
      shift_left shift_right_arithmetic shift_right_logical sign square sub xor
      concatenate dynamic_slice gather iota pad rev stack tile transpose
    """,
    4: "div",
    8: "sqrt",
    16: "rsqrt",
    32: "cos erf exp exp2 log logistic sin tanh",
    64: "cosh erfc expm1 log1p",
    128: "acosh asinh atanh bessel_i0e bessel_i1e erf_inv sinh",
    _HEAVIEST: "acos asin atan atan2 cbrt digamma lgamma pow tan",
  }.items()
  for name in names.split()
}


def _reduction(eqn: core.JaxprEqn) -> float:
  """One operation per element of the input."""
  return size(eqn.invars[0])


def _remainder(eqn: core.JaxprEqn) -> float:
  """A quotient of integers; of floats, the exact and slow `fmod`."""
  is_float = aval(eqn.outvars[0]).dtype.kind == "f"
  weight = _HEAVIEST if is_float else WEIGHTS["div"]
  return weight * size(eqn.outvars[0])


def _integer_power(eqn: core.JaxprEqn) -> float:
  """Repeated squaring: a product per binary digit, and one more per 1."""
  power = abs(int(eqn.params["y"]))
  products = max(power.bit_length() + power.bit_count() - 2, 0)
  inversion = WEIGHTS["div"] if eqn.params["y"] < 0 else 0
  return (products + inversion) * size(eqn.outvars[0])


def _cumulative(weight: int) -> Callable[[core.JaxprEqn], float]:
  """A parallel scan: log2 n rounds over all elements (Hillis and Steele)."""

  def operations(eqn: core.JaxprEqn) -> float:
    (x,) = eqn.invars
    rounds = _log2(aval(x).shape[eqn.params["axis"]])
    return weight * rounds * size(x)

  return operations


def _sort(eqn: core.JaxprEqn) -> float:
  """n log2 n comparisons; every further operand is moved along."""
  length = aval(eqn.invars[0]).shape[eqn.params["dimension"]]
  return _log2(length) * sum(size(v) for v in eqn.invars)


def _fft(eqn: core.JaxprEqn) -> float:
  """5 n log2 n on reals, the convention of FFTW; 4 of them are one here."""
  length = math.prod(eqn.params["fft_lengths"])
  points = max(size(eqn.invars[0]), size(eqn.outvars[0]))
  return 5 / 4 * _log2(length) * points


def _dot(eqn: core.JaxprEqn) -> float:
  """A product and a sum for each of the contracted elements."""
  (contracted, _), _ = eqn.params["dimension_numbers"]
  shape = aval(eqn.invars[0]).shape
  length: int = math.prod(shape[axis] for axis in contracted)
  return 2 * length * size(eqn.outvars[0])


def _log2(n: int) -> float:
  return math.log2(max(n, 1))


_BY_ALGORITHM: Mapping[str, Callable[[core.JaxprEqn], float]] = {
  "cumlogsumexp": _cumulative(WEIGHTS["exp"] + WEIGHTS["log1p"] + 4),
  "dot_general": _dot,
  "fft": _fft,
  "integer_pow": _integer_power,
  "rem": _remainder,
  "sort": _sort,
  **dict.fromkeys(("cummax", "cummin", "cumprod", "cumsum"), _cumulative(1)),
  **dict.fromkeys(("argmax", "argmin", "reduce_and", "reduce_max"), _reduction),
  **dict.fromkeys(("reduce_min", "reduce_or", "reduce_prod"), _reduction),
  "reduce_sum": _reduction,
}

# Primitives whose cost is known rather than assumed to be the heaviest.
KNOWN = frozenset({*WEIGHTS, *_BY_ALGORITHM, *CALLS, "scan"})


def operations_of(eqn: core.JaxprEqn) -> float:
  """Weighted operations of an equation that calls no other computation."""
  name = eqn.primitive.name
  if name in _BY_ALGORITHM:
    count = _BY_ALGORITHM[name](eqn)
  else:
    made = sum(size(v) for v in eqn.outvars)
    count = WEIGHTS.get(name, _HEAVIEST) * made
  # One operation on complex numbers is about four on real ones.
  atoms = (*eqn.invars, *eqn.outvars)
  is_complex = any(aval(v).dtype.kind == "c" for v in atoms)
  return 4 * count if is_complex else count


def aval(atom: core.Var | core.Literal) -> Any:
  """Shape and dtype, which the type of abstract values does not promise."""
  return atom.aval


def size(atom: core.Var | core.Literal) -> int:
  return math.prod(aval(atom).shape)


def num_bytes(atom: core.Var | core.Literal) -> int:
  return size(atom) * int(aval(atom).dtype.itemsize)
