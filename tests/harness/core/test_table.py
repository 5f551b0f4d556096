import jax
import jax.numpy as jnp
import numpy as np
import pytest

from harness.core.table import (
  GRID,
  NUM_POINTS,
  RANGE,
  STEP,
  Table,
  share_outside,
)

TANH = Table.of(np.tanh(GRID), 1 - np.tanh(GRID) ** 2)
SOME = jnp.asarray(np.random.default_rng(0).normal(0, 3, (40, 5)), jnp.float32)


def _slopes(table: Table, x: jax.Array) -> jax.Array:
  return jax.jit(jax.grad(lambda x, t: jnp.sum(t(x))))(x, table)


def test_a_grid_point_gives_its_own_entry() -> None:
  values = np.random.default_rng(1).normal(size=NUM_POINTS).astype(np.float32)
  table = Table(values, values[::-1])
  np.testing.assert_array_equal(jax.jit(lambda t: t(GRID))(table), values)
  inner = slice(1, -1)  # The outermost slopes are those of the lines beyond.
  slopes = _slopes(table, jnp.asarray(GRID))
  np.testing.assert_array_equal(slopes[inner], values[::-1][inner])


def test_between_grid_points_the_nearest_is_taken() -> None:
  np.testing.assert_allclose(TANH(SOME), np.tanh(SOME), atol=0.51 * STEP)
  exact = 1 - np.tanh(SOME) ** 2
  np.testing.assert_allclose(_slopes(TANH, SOME), exact, atol=0.51 * STEP)


def test_a_table_is_an_argument_of_a_compiled_program() -> None:
  compiled = jax.jit(lambda table, x: table(x))
  for factor in (1.0, 2.0):
    table = Table(factor * TANH.values, factor * TANH.slopes)
    np.testing.assert_array_equal(compiled(table, SOME), factor * TANH(SOME))
  assert compiled._cache_size() == 1


@pytest.mark.parametrize(
  ("function", "tolerance"),
  [
    (lambda x: np.maximum(x, 0), 1e-6),
    (lambda x: 0.3 * x + 0.2, 1e-5),
    (np.tanh, 1e-6),
    (lambda x: x + 0.1 * np.sin(x), 0.2),
  ],
)
def test_a_table_is_a_line_beyond_the_grid(function, tolerance) -> None:
  x = np.float32([-200.0, -50.0, -RANGE, RANGE, 50.0, 200.0])
  slopes = (function(GRID + 1e-3) - function(GRID - 1e-3)) / 2e-3
  table = Table.of(function(GRID), slopes.astype(np.float32))
  error = np.abs(table(jnp.asarray(x)) - function(x))
  assert np.all(error <= tolerance * np.maximum(1, np.abs(x) / RANGE) + STEP)
  ends = _slopes(table, jnp.asarray(x))
  np.testing.assert_allclose(ends[0], table.slopes[0])
  np.testing.assert_allclose(ends[-1], table.slopes[-1])


def test_a_batch_of_tables_equals_each_alone() -> None:
  tables = [TANH, Table(-TANH.values, -TANH.slopes)]
  batch = jax.tree.map(lambda *a: np.stack(a), *tables)
  both = jax.vmap(lambda t: t(SOME))(batch)
  np.testing.assert_array_equal(both, [t(SOME) for t in tables])


def test_the_share_outside_includes_infinities_and_nan() -> None:
  x = jnp.array([0.0, -RANGE, RANGE, 1.01 * RANGE, -jnp.inf, jnp.nan, 1.0, 2.0])
  assert float(share_outside(x)) == 3 / 8
