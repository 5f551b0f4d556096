from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import pytest

from tasks.lab.sine import cosine, fast_sine, sine

Function = Callable[[Any], Any]
Array = npt.NDArray[np.float32]

NEAR = np.linspace(-20, 20, 100_001, dtype=np.float32)
FAR = np.linspace(-10_000, 10_000, 100_003, dtype=np.float32)
HUGE = np.geomspace(1e4, np.finfo(np.float32).max, 1001, dtype=np.float32)
PAIRS: list[tuple[Function, Function]] = [(sine, np.sin), (cosine, np.cos)]


@pytest.fixture
def in_use() -> Iterator[None]:
  with fast_sine():
    yield


@pytest.mark.parametrize(("fast", "exact"), PAIRS)
@pytest.mark.parametrize("x", [NEAR, FAR])
def test_error_up_to_ten_thousand(
  fast: Function, exact: Function, x: Array
) -> None:
  error = np.asarray(jax.jit(fast)(x), np.float64) - exact(x.astype(np.float64))
  assert np.abs(error).max() < 3e-7


@pytest.mark.parametrize("fast", [sine, cosine])
@pytest.mark.parametrize("sign", [-1, 1])
def test_large_arguments_stay_within_bounds(fast: Function, sign: int) -> None:
  values = np.asarray(jax.jit(fast)(sign * HUGE))
  assert np.isfinite(values).all()
  assert np.abs(values).max() <= 1


@pytest.mark.parametrize("fast", [sine, cosine])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_non_finite_arguments_give_nan(fast: Function, bad: float) -> None:
  assert np.isnan(fast(jnp.float32(bad)))


def test_sine_is_odd_and_cosine_even() -> None:
  x = jnp.asarray(NEAR)
  np.testing.assert_array_equal(sine(-x), -sine(x))
  np.testing.assert_allclose(cosine(-x), cosine(x), rtol=0, atol=1e-7)
  assert sine(jnp.float32(0)) == 0
  assert cosine(jnp.float32(0)) == 1


def _compiled() -> str:
  return jax.jit(lambda x: jnp.sin(x) + jnp.cos(x)).lower(NEAR).as_text()


def test_jax_compiles_the_fast_sine_while_asked_to() -> None:
  before = _compiled()
  with fast_sine():
    assert "stablehlo.sine" not in _compiled()
    assert "stablehlo.cosine" not in _compiled()
    found = jax.jit(lambda x: jnp.sin(x))(FAR)
  assert _compiled() == before
  assert "stablehlo.sine" in before
  np.testing.assert_allclose(found, jax.jit(sine)(FAR), rtol=0, atol=1e-7)


@pytest.mark.usefixtures("in_use")
def test_gradients() -> None:
  first = jax.vmap(jax.grad(jnp.sin))(FAR)
  np.testing.assert_allclose(first, np.cos(np.float64(FAR)), rtol=0, atol=3e-7)
  second = jax.vmap(jax.grad(jax.grad(jnp.cos)))(NEAR)
  np.testing.assert_allclose(
    second, -np.cos(np.float64(NEAR)), rtol=0, atol=3e-7
  )


@pytest.mark.usefixtures("in_use")
@pytest.mark.parametrize(
  ("dtype", "half_unit"), [(jnp.bfloat16, 2**-9), (jnp.float16, 2**-12)]
)
def test_half_precision(dtype: Any, half_unit: float) -> None:
  x = jnp.linspace(-10, 10, 257, dtype=dtype)
  for function, exact in ((jnp.sin, np.sin), (jnp.cos, np.cos)):
    values = jax.jit(function)(x)
    assert values.dtype == dtype
    error = np.asarray(values, np.float64) - exact(np.asarray(x, np.float64))
    assert np.abs(error).max() < 1.01 * half_unit


@pytest.mark.usefixtures("in_use")
def test_complex() -> None:
  real = np.linspace(-7, 7, 29)
  x = (real[:, None] + 1j * np.linspace(-2, 2, 9)).astype(np.complex64)
  for function, exact in ((jnp.sin, np.sin), (jnp.cos, np.cos)):
    np.testing.assert_allclose(
      jax.jit(function)(x), exact(x.astype(np.complex128)), rtol=2e-6, atol=2e-6
    )
