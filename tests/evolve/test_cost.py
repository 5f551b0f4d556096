"""Costs against counts by hand, bounds, and that counting runs nothing."""

import importlib
import inspect
import itertools
import os
import subprocess
import sys
import time

import jax
import jax.numpy as jnp
import pytest
from jax import lax
from jax.extend import core

from evolve import activations, language
from evolve.cost import (
  KNOWN,
  MAX_EQUATIONS,
  UNCOUNTABLE,
  WEIGHTS,
  Budget,
  Cost,
  cost_of,
)
from evolve.language import rules
from tests import ROOT
from tests.evolve import programs

HOSTILE = {
  path.stem: path.read_text()
  for path in sorted((ROOT / "tests/evolve/language/hostile").glob("*.py"))
}
# The worker's memory runs out before late_huge_tuple could be counted.
OVER_BUDGET = {
  name: source
  for name, source in HOSTILE.items()
  if source.startswith("# expect: OVER_BUDGET") and name != "late_huge_tuple"
}

# By hand, for 32 x 64. Of memory, a float array is 1 and a boolean one 1/4;
# what an equation reads lives beside what it makes.
DIV, EXP, SIN, TANH = (WEIGHTS[n] for n in ("div", "exp", "sin", "tanh"))
BY_HAND = {
  "identity": (lambda x: x, 0, 0),
  "constant": (lambda x: jnp.zeros_like(x), 0, 1),
  "relu": (jax.nn.relu, 1, 1),
  "tanh": (jnp.tanh, TANH, 1),
  "chain": (lambda x: jnp.sin(jnp.exp(-x)), 1 + EXP + SIN, 2),
  "keeps_two": (lambda x: jnp.sin(x) + jnp.exp(x), SIN + EXP + 1, 3),
  "reads_twice": (lambda x: (lambda y: y * y)(x + 1), 2, 2),
  "select": (lambda x: jnp.where(x > 0, x, -x), 3, 2.25),
  "quotient": (lambda x: x / (1 + jnp.abs(x)), 1 + 1 + DIV, 2),
  "square": (lambda x: x**2, 1, 1),
  "cube": (lambda x: x**3, 2, 1),
  "power_15": (lambda x: x**15, 6, 1),
  "power_16": (lambda x: x**16, 4, 1),
  "inverse_square": (lambda x: x**-2, 1 + DIV, 1),
  "views": (lambda x: x[:, ::2].reshape(-1)[None], 0, 1),
  "row_sums": (lambda x: x + x.sum(-1, keepdims=True), 2, 1 + 1 / 64),
  "table": (lambda x: x + jnp.array([1.0] * 64), 1, 1 + 2 / 32),
  "roll": (lambda x: jnp.roll(x, 1, axis=-1), 1, 2),
  "cumulative_rows": (lambda x: jnp.cumsum(x, axis=0), 5, 1),
  "cumulative_columns": (lambda x: jnp.cumsum(x, axis=1), 6, 1),
  "fmod": (lambda x: lax.rem(x, x), 256, 1),
  "integer_rem": (lambda x: lax.rem(x.astype(int), 3), 1 + DIV, 2),
  "sort": (lambda x: jnp.sort(x, axis=-1), 6, 1),
  "dot": (lambda x: x @ jnp.ones((64, 64)), 2 * 64, 3),
  # A conversion to complex numbers, counted as 4, and 5 log2 64.
  "fourier": (lambda x: jnp.fft.fft(x).real, 4 + 5 * 6, 4),
  "half_precision": (lambda x: x.astype(jnp.bfloat16) + 1, 2, 1),
  "jit": (jax.jit(lambda x: jnp.sin(jnp.exp(-x))), 1 + EXP + SIN, 2),
  "remat": (jax.checkpoint(jnp.tanh), TANH, 1),
  "unused": (lambda x: (jnp.sin(x), jnp.cos(x), x + 1)[2], 1, 1),
  "scan": (
    lambda x: lax.scan(lambda y, _: (jnp.sin(y) * 2, None), x, length=5)[0],
    5 * (SIN + 1),
    3,  # Of one turn, two, and what it carries on.
  ),
  "stacked_scan": (
    lambda x: lax.scan(lambda y, _: (-y, y), x, length=5)[1][4],
    5,
    7,  # Of one turn, one, what it carries on, and five stacked.
  ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_costs_agree_with_counts_by_hand(name):
  activation, flops, memory = BY_HAND[name]
  assert cost_of(activation) == Cost(flops, memory)


def test_a_conditional_costs_its_dearest_branch():
  def activation(x):
    return lax.cond(x.sum() > 0, jnp.sin, lambda y: jnp.exp(jnp.exp(y)), x)

  # The sum, and two operations on one number: compare and convert.
  assert cost_of(activation).flops == 1 + 2 * EXP + 2 / 2048
  assert cost_of(activation).memory == pytest.approx(2, abs=0.01)


def test_loops_of_unknown_length_are_uncountable():
  def activation(x):
    return lax.while_loop(lambda y: y.sum() < 9, lambda y: y + 1, x)

  assert cost_of(activation) == UNCOUNTABLE


def test_functions_with_their_own_derivatives_are_counted():
  forward = jax.custom_jvp(jnp.sin)
  forward.defjvp(lambda x, dx: (jnp.sin(*x), jnp.exp(*dx)))
  backward = jax.custom_vjp(jnp.sin)
  backward.defvjp(lambda x: (jnp.sin(x), x), lambda x, dy: (jnp.exp(dy),))
  assert cost_of(forward) == cost_of(backward) == cost_of(jnp.sin)


@pytest.mark.parametrize("name", activations.names())
def test_named_activations_are_well_within_budget(name):
  cost = cost_of(activations.ACTIVATIONS[name])
  assert 1 <= cost.flops <= Budget().max_flops / 4
  assert 1 <= cost.memory <= Budget().max_memory / 3


@pytest.mark.parametrize("name", programs.WRITTEN)
def test_programs_as_written_are_within_budget(name):
  cost = cost_of(language.load(programs.WRITTEN[name]))
  assert Budget().check(cost) is None


@pytest.mark.parametrize("shape", [(512,), (4, 6, 6, 32)])
def test_pointwise_costs_do_not_depend_on_the_shape(shape):
  for name in set(activations.names()) - {"turbulent", "phase_flip", "ash"}:
    cost = cost_of(activations.ACTIVATIONS[name])
    other = cost_of(activations.ACTIVATIONS[name], shape)
    assert other.flops == pytest.approx(cost.flops, rel=0.01), name
    assert other.memory == pytest.approx(cost.memory, rel=0.01), name


@pytest.mark.parametrize("name", activations.names())
def test_every_term_adds_to_the_cost(name):
  activation = activations.ACTIVATIONS[name]
  cost = cost_of(activation)
  more = cost_of(lambda x: activation(x) + jnp.sin(3 * x))
  assert more.flops == pytest.approx(cost.flops + 1 + SIN + 1)
  assert more.memory >= cost.memory


@pytest.mark.parametrize("name", OVER_BUDGET)
def test_hostile_programs_are_over_budget(name):
  cost = cost_of(language.load(OVER_BUDGET[name]))
  assert Budget().check(cost) is not None


def test_long_loops_are_over_budget():
  def waves(turns):
    def activation(x):
      for _ in range(turns):
        x = jnp.sin(x)
      return x

    return cost_of(activation)

  assert waves(MAX_EQUATIONS) == Cost(1000 * SIN, 2)
  assert Budget().check(waves(MAX_EQUATIONS))
  assert waves(MAX_EQUATIONS + 1) == UNCOUNTABLE


def test_equations_within_calls_are_counted():
  inner = jax.jit(lambda x: ((x + 1) * x - 2) * x)

  def activation(x):
    for _ in range(MAX_EQUATIONS // 5):  # The call is one too.
      x = inner(x)
    return x

  assert cost_of(activation).flops == 4 * MAX_EQUATIONS // 5
  assert cost_of(lambda x: activation(x) + 1) == UNCOUNTABLE


def test_the_longest_programs_are_given_up_in_seconds():
  source = """
def activation(x):
  for _ in range(70):
    for _ in range(70):
      x = -x
  return x
"""
  started = time.monotonic()
  assert cost_of(language.load(source)) == UNCOUNTABLE
  assert time.monotonic() - started < 10


def test_counting_runs_nothing():
  # With no platform to run on, whatever touches a device raises.
  script = """
import jax
from evolve import activations, cost, language
from tests.evolve.test_cost import OVER_BUDGET
from tests import ROOT
sources = [activations.source(n) for n in activations.names()]
for source in sources + list(OVER_BUDGET.values()):
  cost.cost_of(language.load(source))
try:
  jax.devices()
except RuntimeError:
  print("none")
"""
  ended = subprocess.run(
    [sys.executable, "-c", script],
    cwd=ROOT,
    env=os.environ | {"JAX_PLATFORMS": "none_such"},
    capture_output=True,
    text=True,
  )
  assert (ended.stdout, ended.returncode) == ("none\n", 0), ended.stderr


# Every function of the language, with arguments that suit it.

FLOATS = jax.ShapeDtypeStruct((32, 64), jnp.float32)
ARGUMENTS = (
  *((FLOATS,), (FLOATS, FLOATS), (FLOATS, FLOATS, FLOATS), (FLOATS, 1)),
  *((FLOATS, (32, 64)), (FLOATS, (0,)), (FLOATS, 0, 1), (FLOATS, jnp.int32)),
  *(([FLOATS, FLOATS],), (3,), ((3, 4),), ((3, 4), 0.5), (0, 1, 5)),
)
MIXED = (  # Calls with integers, booleans and complex numbers as well.
  lambda x: jnp.take_along_axis(x, jnp.argsort(x), axis=-1),
  lambda x: jnp.take(x, x[0].astype(int), axis=1),
  lambda x: jnp.ldexp(x, x.astype(int)),
  lambda x: jnp.power(x, x.astype(int)),
  lambda x: jnp.select([x > 1, x > 0], [x, -x], 0.5),
  lambda x: jnp.interp(x, jnp.arange(5.0), jnp.ones(5)),
  lambda x: jnp.logical_xor(~(x > 0), x > 1) ^ ~jnp.isnan(x),
  lambda x: x.astype(int) % 3 // 2 | -x.astype(int) & 1,
  lambda x: lax.select(x > 0, x, -x),
  lambda x: lax.select_n(x > 0, x, -x),
  lambda x: jnp.piecewise(x, [x > 0], [lambda v: jnp.sin(v), 0.5]),
  lambda x: jnp.bitwise_and(x > 0, jnp.bitwise_or(x < 1, x > 2)),
  lambda x: jnp.bitwise_xor(x > 0, jnp.bitwise_invert(x < 1)),
  lambda x: jnp.cumulative_prod(jnp.cumulative_sum(x, axis=-1), axis=-1),
  lambda x: jnp.searchsorted(jnp.arange(4.0), jnp.permute_dims(x, (1, 0))),
  lambda x: lax.real(jnp.conj(jnp.fft.ifft(x))) + lax.imag(jnp.fft.fft(x)),
  lambda x: abs(jnp.sqrt(x.astype(jnp.complex64) * 1j)),
)


def _functions():
  for path, names in rules.MODULES.items():
    if path.startswith("jax") and path != "jax.typing":
      module = importlib.import_module(path)
      for name in sorted(names):
        function = getattr(module, name)
        if callable(function) and not inspect.isclass(function):
          yield f"{path}.{name}", function


def _trace(function):
  """The computation of each call that the function accepts."""
  for arguments in ARGUMENTS:

    def call(x, function=function, arguments=arguments):
      def given(argument):
        if isinstance(argument, list):
          return [given(a) for a in argument]
        return x if argument is FLOATS else argument

      return function(*map(given, arguments))

    try:
      yield jax.make_jaxpr(call)(FLOATS).jaxpr
    except Exception:  # Any refusal of the arguments.
      continue


def _primitives(jaxpr):
  for eqn in jaxpr.eqns:
    yield eqn.primitive.name
    for inner in core.jaxprs_in_params(eqn.params):
      yield from _primitives(inner)


@pytest.mark.filterwarnings("ignore")
def test_every_primitive_of_the_language_has_a_known_cost():
  met, uncalled = set(), []
  for name, function in _functions():
    jaxprs = list(itertools.islice(_trace(function), 2))
    met |= {p for jaxpr in jaxprs for p in _primitives(jaxpr)}
    if not jaxprs:
      uncalled.append(name)
  for function in MIXED:
    met |= set(_primitives(jax.make_jaxpr(function)(FLOATS).jaxpr))
  assert met - KNOWN == set()
  assert len(met) > 90
  in_mixed = {
    *("numpy.bitwise_and", "numpy.bitwise_or", "numpy.bitwise_xor"),
    *("numpy.cumulative_prod", "numpy.cumulative_sum", "numpy.interp"),
    *("numpy.permute_dims", "numpy.piecewise", "numpy.searchsorted"),
    *("numpy.take_along_axis", "lax.imag", "lax.real"),
  }
  assert set(uncalled) == {f"jax.{name}" for name in in_mixed}


def test_an_unknown_primitive_costs_as_much_as_the_heaviest():
  assert "igamma" not in KNOWN
  flops = cost_of(lambda x: lax.igamma(x, x)).flops
  assert flops == max(WEIGHTS.values())


def test_budget_names_the_cost_and_the_limit():
  budget = Budget(max_flops=100, max_memory=2.5)
  assert budget.check(Cost(100, 2.5)) is None
  assert budget.check(Cost(1234.56, 2.5)) == (
    "needs 1,234.6 operations per element; the limit is 100"
  )
  assert budget.check(Cost(100, 64)) == (
    "needs 64 times the memory of its input; the limit is 2.5"
  )
  assert budget.check(UNCOUNTABLE) == (
    "has over 1,000 equations when traced, or a loop of unknown length, so "
    "that its cost cannot be told beforehand"
  )
  assert Budget(float("inf"), float("inf")).check(UNCOUNTABLE)


@pytest.mark.parametrize("limits", [(0, 1), (1, -1), (float("nan"), 1)])
def test_budget_needs_limits(limits):
  with pytest.raises(ValueError, match="limits above 0"):
    Budget(*limits)
