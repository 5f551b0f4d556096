import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from evolve.admission import tables
from evolve.admission.descriptors import PROBE_GRID
from evolve.cost import UNCOUNTABLE, Cost
from harness.core.fitness import Fidelity, Report, Status
from harness.core.table import GRID, Table

SMALL = Fidelity(100, 2)


def _curves(function, points: np.ndarray) -> list[np.ndarray]:
  x = jnp.asarray(points)
  both = jax.jit(lambda x: jax.jvp(function, (x,), (jnp.ones_like(x),)))(x)
  return [np.asarray(curve) for curve in both]


def _table(function) -> Table | None:
  return tables.table_of(*_curves(function, GRID))


@pytest.mark.parametrize(
  "function",
  [
    jax.nn.relu,
    jnp.sign,
    jnp.floor,
    lambda x: jnp.sin(40 * x),
    lambda x: x**3 + x,
    jnp.exp,
    lambda x: jnp.where(x > 0.3, x, 5 - x),
    lambda x: 0.0 * x,
  ],
)
def test_kinks_and_jumps_do_no_harm(function) -> None:
  table = _table(function)
  assert table is not None
  x = np.random.default_rng(0).normal(0, 2, 10_000).astype(np.float32)
  exact = np.asarray(function(jnp.asarray(x)))
  near = np.asarray(table(jnp.asarray(x)))
  assert np.mean((near - exact) ** 2) <= 0.005 * max(np.var(exact), 1e-9)


@pytest.mark.parametrize(
  "function",
  [
    lambda x: jnp.sin(400 * x),
    lambda x: x + 0.5 * jnp.sin(1000 * x),
    lambda x: 60 * x - jnp.floor(60 * x),
    jnp.log,
    lambda x: 1 / x,
    lambda x: jnp.exp(x * x),
  ],
)
def test_what_a_table_does_not_resolve_has_none(function) -> None:
  assert _table(function) is None


@pytest.mark.parametrize(
  "function",
  [jnp.square, lambda x: x * jnp.tanh(x), lambda x: jnp.sin(x) ** 2],
)
def test_what_is_flat_at_zero_has_none(function) -> None:
  assert _table(function) is None
  assert _table(lambda x: function(x) + 0.5 * x) is not None
  assert _table(lambda x: function(x + 1.0)) is not None


@pytest.mark.parametrize(
  ("function", "expected"),
  [
    (jax.nn.relu, True),
    (jax.nn.gelu, True),
    (jnp.tanh, True),
    (lambda x: x + jnp.sin(x) ** 2, True),
    (jnp.sin, False),
    (lambda x: x * x + x, False),
  ],
)
def test_straight_lines_beyond_the_table(function, expected: bool) -> None:
  table = _table(function)
  assert table is not None
  values, _ = _curves(function, PROBE_GRID)
  assert tables.goes_on_straight(table, values) == expected


def test_cheap_functions_are_trained_themselves_if_that_takes_long() -> None:
  cheap, dear = Cost(1.0, 1.0), Cost(200.0, 4.0)
  assert tables.is_cheaper(cheap, SMALL)
  assert tables.is_cheaper(dear, SMALL)
  large = Fidelity(100_000, 4)
  assert not tables.is_cheaper(cheap, large)
  assert tables.is_cheaper(dear, large)
  assert tables.is_cheaper(UNCOUNTABLE, large)


def test_a_report_is_sound_where_its_table_was_right() -> None:
  inside, outside, exact = (
    Report(Status.OK, "", outside=share) for share in (0.0, 0.1, None)
  )
  assert tables.is_sound(inside, straight=False)
  assert not tables.is_sound(outside, straight=False)
  assert tables.is_sound(outside, straight=True)
  assert tables.is_sound(exact, straight=False)
  assert not tables.is_sound(
    Report(Status.DIVERGED, "", outside=math.nan), straight=False
  )
