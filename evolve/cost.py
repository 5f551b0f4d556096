"""The cost of an activation per element, counted before anything runs.

The count is taken from the traced computation (JAX's jaxpr), so that arrays of
any size are counted and none is ever made. One unit is an addition or a
multiplication of two numbers.

An elementwise function weighs what it takes on XLA's CPU backend, in units of
half a step of Horner's rule, rounded to the nearest power of two. The result,
in BUILD_NOTES.md, agrees with the operations of the polynomials that float32
needs. Weights end at `_HEAVIEST`: a function that takes longer is a call of the
C library for one element at a time, a gap of that backend and no property of
the function.

A function that mixes elements is counted by its textbook algorithm. XLA's sorts
and cumulative sums on CPU take up to hundreds of times as long; the time limits
of an evaluation bound those.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend import core

from harness.core.fitness import Activation

# The gradient of 1,000 equations takes XLA five seconds to compile, or a minute
# if they reduce a lot; twice as many take far more than twice as long.
MAX_EQUATIONS = 1_000


@dataclasses.dataclass(frozen=True)
class Cost:
  """The cost of one call.

  Attributes:
    flops: weighted operations per element of the input; forward pass only.
    memory: bytes of all intermediate arrays that are alive at the worst
      moment, over those of the input. The result is one of them, the input is
      not. Compilers fuse elementwise chains and need less.
  """

  flops: float
  memory: float


UNCOUNTABLE = Cost(math.inf, math.inf)


@dataclasses.dataclass(frozen=True)
class Budget:
  """The most that an activation may cost.

  Attributes:
    max_flops: per element. The default is over four times that of the most
      expensive named activation, and sixteen times the multiplications and
      additions of the 64 weights in front of a hidden unit.
    max_memory: in inputs. The default is less than the pairs of 64 features.

  Raises:
    ValueError: a limit is not above 0.
  """

  max_flops: float = 2048.0
  max_memory: float = 32.0

  def __post_init__(self) -> None:
    if not (self.max_flops > 0 and self.max_memory > 0):
      raise ValueError(f"a budget needs limits above 0, not {self}")

  @classmethod
  def of(cls, max_flops: float | None, max_memory: float | None) -> "Budget":
    """A budget whose limits are the defaults where None is given."""
    given = {"max_flops": max_flops, "max_memory": max_memory}
    return cls(**{k: v for k, v in given.items() if v is not None})

  def check(self, cost: Cost) -> str | None:
    """The reason why a cost is over budget; None if it is not."""
    if cost == UNCOUNTABLE:
      return (
        f"has over {MAX_EQUATIONS:,} equations when traced, or a loop of "
        "unknown length, so that its cost cannot be told beforehand"
      )
    for needed, limit, unit in (
      (cost.flops, self.max_flops, "operations per element"),
      (cost.memory, self.max_memory, "times the memory of its input"),
    ):
      if needed > limit:
        return f"needs {_amount(needed)} {unit}; the limit is {_amount(limit)}"
    return None


def _amount(number: float) -> str:
  return f"{number:,.1f}".removesuffix(".0")


def cost_of(activation: Activation, shape: tuple[int, ...] = (32, 64)) -> Cost:
  """Counts the cost of an activation on a float32 array of that shape.

  Traces the activation and runs nothing: no device is touched. Operations that
  do not contribute to the result are free, as XLA leaves them out; so are
  views. Of a conditional, the dearest branch counts. Loops of unknown length,
  and computations of over MAX_EQUATIONS equations, are UNCOUNTABLE.

  Raises:
    Exception: whatever the activation raises when it is traced.
  """
  given = jax.ShapeDtypeStruct(shape, jnp.float32)
  jaxpr = jax.make_jaxpr(activation)(given).jaxpr
  try:
    total = _Counter().count(jaxpr)
  except _UncountableError:
    return UNCOUNTABLE
  size = math.prod(shape)
  return Cost(total.operations / size, total.peak / (size * 4))


class _UncountableError(Exception):
  """The cost has no bound, or counting it would take too long."""


@dataclasses.dataclass(frozen=True)
class _Total:
  """Operations of a part of a computation, and bytes at its worst moment."""

  operations: float
  peak: int


class _Counter:
  """A count over one computation, with the equations met on the way."""

  def __init__(self) -> None:
    self._equations = 0

  def count(self, jaxpr: core.Jaxpr) -> _Total:
    """The total of a computation and all that it calls, without its inputs."""
    self._equations += len(jaxpr.eqns)
    if self._equations > MAX_EQUATIONS:
      raise _UncountableError
    last_use = _last_uses(jaxpr)
    inputs = {*jaxpr.invars, *jaxpr.constvars}
    alive = peak = sum(_bytes(v) for v in jaxpr.constvars)
    operations = 0.0
    for place, eqn in enumerate(jaxpr.eqns):
      if not any(v in last_use for v in eqn.outvars):
        continue
      inside = self._count_equation(eqn)
      operations += inside.operations
      peak = max(peak, alive + inside.peak)
      alive += sum(_bytes(v) for v in eqn.outvars)
      dead = {v for v in eqn.outvars if v not in last_use} | {
        v for v in _variables(eqn.invars) if last_use[v] == place
      }
      alive -= sum(_bytes(v) for v in dead - inputs)
    return _Total(operations, peak)

  def _count_equation(self, eqn: core.JaxprEqn) -> _Total:
    name = eqn.primitive.name
    made = sum(_bytes(v) for v in eqn.outvars)
    parts = [self.count(p) for p in core.jaxprs_in_params(eqn.params)]
    if not parts:
      return _Total(operations_of(eqn), made)
    operations = max(part.operations for part in parts)
    peak = max(part.peak for part in parts)
    if name in _CALLS:
      return _Total(operations, max(peak, made))
    if name == "scan":  # Stacked outputs exist beside what one turn needs.
      return _Total(eqn.params["length"] * operations, peak + made)
    raise _UncountableError  # A `while`, for instance.


def _last_uses(jaxpr: core.Jaxpr) -> dict[core.Var, int]:
  """For each variable that the result needs, the last equation to read it.

  A returned variable is read after the last equation.
  """
  last = dict.fromkeys(_variables(jaxpr.outvars), len(jaxpr.eqns))
  for place in reversed(range(len(jaxpr.eqns))):
    eqn = jaxpr.eqns[place]
    if any(v in last for v in eqn.outvars):
      for variable in _variables(eqn.invars):
        last.setdefault(variable, place)
  return last


def _variables(atoms: Sequence[core.Var | core.Literal]) -> set[core.Var]:
  return {v for v in atoms if not isinstance(v, core.Literal)}


_HEAVIEST = 256  # Also the weight of a primitive that is in no table.

# Primitives that run one of the computations that they hold, once.
_CALLS = frozenset(
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
      squeeze stop_gradient unstack
    """,
    # Few instructions; copies.
    1: """
      abs add and ceil clamp complex conj convert_element_type copy eq floor ge
      gt is_finite le le_to lt lt_to max min mul ne neg not or round select_n
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


def operations_of(eqn: core.JaxprEqn) -> float:
  """Weighted operations of an equation that calls no other computation."""
  name = eqn.primitive.name
  if name in _BY_ALGORITHM:
    count = _BY_ALGORITHM[name](eqn)
  else:
    made = sum(_size(v) for v in eqn.outvars)
    count = WEIGHTS.get(name, _HEAVIEST) * made
  # One operation on complex numbers is about four on real ones.
  atoms = (*eqn.invars, *eqn.outvars)
  is_complex = any(_aval(v).dtype.kind == "c" for v in atoms)
  return 4 * count if is_complex else count


def _reduction(eqn: core.JaxprEqn) -> float:
  """One operation per element of the input."""
  return _size(eqn.invars[0])


def _remainder(eqn: core.JaxprEqn) -> float:
  """A quotient of integers; of floats, the exact and slow `fmod`."""
  is_float = _aval(eqn.outvars[0]).dtype.kind == "f"
  weight = _HEAVIEST if is_float else WEIGHTS["div"]
  return weight * _size(eqn.outvars[0])


def _integer_power(eqn: core.JaxprEqn) -> float:
  """Repeated squaring: a product per binary digit, and one more per 1."""
  power = abs(int(eqn.params["y"]))
  products = max(power.bit_length() + power.bit_count() - 2, 0)
  inversion = WEIGHTS["div"] if eqn.params["y"] < 0 else 0
  return (products + inversion) * _size(eqn.outvars[0])


def _scan(weight: int) -> Callable[[core.JaxprEqn], float]:
  """A parallel scan: log2 n rounds over all elements (Hillis and Steele)."""

  def operations(eqn: core.JaxprEqn) -> float:
    (x,) = eqn.invars
    return weight * _log2(_aval(x).shape[eqn.params["axis"]]) * _size(x)

  return operations


def _sort(eqn: core.JaxprEqn) -> float:
  """n log2 n comparisons; every further operand is moved along."""
  length = _aval(eqn.invars[0]).shape[eqn.params["dimension"]]
  return _log2(length) * sum(_size(v) for v in eqn.invars)


def _fft(eqn: core.JaxprEqn) -> float:
  """5 n log2 n on reals, the convention of FFTW; 4 of them are one here."""
  length = math.prod(eqn.params["fft_lengths"])
  points = max(_size(eqn.invars[0]), _size(eqn.outvars[0]))
  return 5 / 4 * _log2(length) * points


def _dot(eqn: core.JaxprEqn) -> float:
  """A product and a sum for each of the contracted elements."""
  (contracted, _), _ = eqn.params["dimension_numbers"]
  shape = _aval(eqn.invars[0]).shape
  length: int = math.prod(shape[axis] for axis in contracted)
  return 2 * length * _size(eqn.outvars[0])


_BY_ALGORITHM: Mapping[str, Callable[[core.JaxprEqn], float]] = {
  "cumlogsumexp": _scan(WEIGHTS["exp"] + WEIGHTS["log1p"] + 4),
  "dot_general": _dot,
  "fft": _fft,
  "integer_pow": _integer_power,
  "rem": _remainder,
  "sort": _sort,
  **dict.fromkeys(("cummax", "cummin", "cumprod", "cumsum"), _scan(1)),
  **dict.fromkeys(("argmax", "argmin", "reduce_and", "reduce_or"), _reduction),
  **dict.fromkeys(("reduce_max", "reduce_min", "reduce_prod"), _reduction),
  "reduce_sum": _reduction,
}

# Primitives whose cost is known rather than assumed to be the heaviest.
KNOWN = frozenset({*WEIGHTS, *_BY_ALGORITHM, *_CALLS, "scan"})


def _log2(n: int) -> float:
  return math.log2(max(n, 1))


def _aval(atom: core.Var | core.Literal) -> Any:
  """Shape and dtype, which the type of abstract values does not promise."""
  return atom.aval


def _size(atom: core.Var | core.Literal) -> int:
  return math.prod(_aval(atom).shape)


def _bytes(atom: core.Var | core.Literal) -> int:
  return _size(atom) * int(_aval(atom).dtype.itemsize)
