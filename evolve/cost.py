"""What an activation costs per element, counted before anything runs.

The count is taken from the traced computation (JAX's jaxpr), so that arrays of
any size are counted and none is ever made. One unit is an addition or a
multiplication of two numbers.
"""

import dataclasses
import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax.extend import core

from evolve.primitive_costs import CALLS, num_bytes, operations_of
from harness.core.fitness import Activation

# The gradient of 1,000 equations takes XLA five seconds to compile, or a minute
# if they reduce a lot; twice as many take far more than twice as long.
MAX_EQUATIONS = 1_000


@dataclasses.dataclass(frozen=True)
class Cost:
  """What one call takes.

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
  """How much an activation may cost.

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
    """Says why a cost is over budget; None if it is not."""
    if cost == UNCOUNTABLE:
      return (
        f"has over {MAX_EQUATIONS:,} equations when traced, or a loop of "
        "unknown length, so that its cost cannot be told beforehand"
      )
    if cost.flops > self.max_flops:
      return (
        f"needs {_amount(cost.flops)} operations per element; the limit is "
        f"{_amount(self.max_flops)}"
      )
    if cost.memory > self.max_memory:
      return (
        f"needs {_amount(cost.memory)} times the memory of its input; the "
        f"limit is {_amount(self.max_memory)}"
      )
    return None


def cost_of(activation: Activation, shape: tuple[int, ...] = (32, 64)) -> Cost:
  """Counts what an activation costs on a float32 array of that shape.

  Traces the activation and runs nothing: no device is touched. What does not
  contribute to the result is free, as XLA leaves it out; so are views. Of a
  conditional, the dearest branch counts. Loops of unknown length, and
  computations of over MAX_EQUATIONS equations, are UNCOUNTABLE.

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
  """Of a part of a computation: operations, and bytes at the worst moment."""

  operations: float
  peak: int


class _Counter:
  """Counts one computation, and the equations met on the way."""

  def __init__(self) -> None:
    self._equations = 0

  def count(self, jaxpr: core.Jaxpr) -> _Total:
    """Of a computation and all that it calls; its inputs belong to others."""
    self._equations += len(jaxpr.eqns)
    if self._equations > MAX_EQUATIONS:
      raise _UncountableError
    last_use = _last_uses(jaxpr)
    inputs = {*jaxpr.invars, *jaxpr.constvars}
    alive = peak = sum(num_bytes(v) for v in jaxpr.constvars)
    operations = 0.0
    for place, eqn in enumerate(jaxpr.eqns):
      if not any(v in last_use for v in eqn.outvars):
        continue
      inside = self._count_equation(eqn)
      operations += inside.operations
      peak = max(peak, alive + inside.peak)
      alive += sum(num_bytes(v) for v in eqn.outvars)
      dead = {v for v in eqn.outvars if v not in last_use} | {
        v for v in _variables(eqn.invars) if last_use[v] == place
      }
      alive -= sum(num_bytes(v) for v in dead - inputs)
    return _Total(operations, peak)

  def _count_equation(self, eqn: core.JaxprEqn) -> _Total:
    name = eqn.primitive.name
    made = sum(num_bytes(v) for v in eqn.outvars)
    parts = [self.count(p) for p in core.jaxprs_in_params(eqn.params)]
    if not parts:
      return _Total(operations_of(eqn), made)
    operations = max(part.operations for part in parts)
    peak = max(part.peak for part in parts)
    if name in CALLS:
      return _Total(operations, max(peak, made))
    if name == "scan":  # Stacked outputs exist beside what one turn needs.
      return _Total(eqn.params["length"] * operations, peak + made)
    raise _UncountableError  # A `while`, for instance.


def _last_uses(jaxpr: core.Jaxpr) -> dict[core.Var, int]:
  """For each variable that the result needs, the last equation to read it.

  What is returned is read after the last equation.
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


def _amount(number: float) -> str:
  return f"{number:,.1f}".removesuffix(".0")
