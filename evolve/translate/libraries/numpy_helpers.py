"""Functions of JAX, in NumPy. What a module uses of them is written into it."""

# mypy: disable-error-code="no-any-return"
import math

import numpy as np
from scipy import special


def _astype(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
  return x.astype(dtype)


def _celu(x: np.ndarray, alpha: float = 1.0) -> np.ndarray:
  return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0) / alpha)


def _clamp(min: np.ndarray, x: np.ndarray, max: np.ndarray) -> np.ndarray:
  return np.clip(x, min, max)


def _clip(
  x: np.ndarray,
  min: np.ndarray | float | None = None,
  max: np.ndarray | float | None = None,
) -> np.ndarray:
  return np.clip(x, min, max)


def _cumlogsumexp(x: np.ndarray, axis: int = 0) -> np.ndarray:
  return np.logaddexp.accumulate(x, axis)


def _cummax(x: np.ndarray, axis: int = 0) -> np.ndarray:
  return np.maximum.accumulate(x, axis)


def _cummin(x: np.ndarray, axis: int = 0) -> np.ndarray:
  return np.minimum.accumulate(x, axis)


def _cumprod_from_first(x: np.ndarray, axis: int = 0) -> np.ndarray:
  return np.cumprod(x, axis)


def _cumsum_from_first(x: np.ndarray, axis: int = 0) -> np.ndarray:
  return np.cumsum(x, axis)


def _elu(x: np.ndarray, alpha: float = 1.0) -> np.ndarray:
  return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _gelu(x: np.ndarray) -> np.ndarray:
  slope = math.sqrt(2 / math.pi)
  return 0.5 * x * (1 + np.tanh(slope * (x + 0.044715 * x**3)))


def _gelu_exact(x: np.ndarray) -> np.ndarray:
  return 0.5 * x * special.erfc(-math.sqrt(0.5) * x)


def _hard_sigmoid(x: np.ndarray) -> np.ndarray:
  return np.clip(x + 3, 0, 6) / 6


def _hard_swish(x: np.ndarray) -> np.ndarray:
  return x * _hard_sigmoid(x)


def _hard_tanh(x: np.ndarray) -> np.ndarray:
  return np.clip(x, -1, 1)


def _identity(x: np.ndarray) -> np.ndarray:
  return x


def _leaky_relu(x: np.ndarray, negative_slope: float = 0.01) -> np.ndarray:
  return np.where(x >= 0, x, negative_slope * x)


def _log_sigmoid(x: np.ndarray) -> np.ndarray:
  return -_softplus(-x)


def _log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
  shifted = x - np.max(x, axis, keepdims=True)
  return shifted - np.log(np.sum(np.exp(shifted), axis, keepdims=True))


def _mish(x: np.ndarray) -> np.ndarray:
  return x * np.tanh(_softplus(x))


def _reciprocal(x: np.ndarray) -> np.ndarray:
  return 1 / x


def _relu(x: np.ndarray) -> np.ndarray:
  return np.maximum(x, 0)


def _relu6(x: np.ndarray) -> np.ndarray:
  return np.clip(x, 0, 6)


def _round_away(x: np.ndarray) -> np.ndarray:
  return np.copysign(np.floor(np.abs(x) + 0.5), x)


def _rsqrt(x: np.ndarray) -> np.ndarray:
  return 1 / np.sqrt(x)


def _selu(x: np.ndarray) -> np.ndarray:
  return 1.0507009873554805 * _elu(x, 1.6732632423543772)


def _sigmoid(x: np.ndarray) -> np.ndarray:
  # As 1 / (1 + exp(-x)), which overflows.
  return np.exp(-_softplus(-x))


def _soft_sign(x: np.ndarray) -> np.ndarray:
  return x / (1 + np.abs(x))


def _softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
  return np.exp(_log_softmax(x, axis))


def _softplus(x: np.ndarray) -> np.ndarray:
  return np.logaddexp(x, 0)


def _sparse_plus(x: np.ndarray) -> np.ndarray:
  inside = np.clip(x, -1, 1)
  return np.where(x >= 1, x, (inside + 1) ** 2 / 4)


def _sparse_sigmoid(x: np.ndarray) -> np.ndarray:
  return 0.5 * np.clip(x + 1, 0, 2)


def _squareplus(x: np.ndarray, b: float = 4) -> np.ndarray:
  return (x + np.sqrt(x**2 + b)) / 2


def _standardize(
  x: np.ndarray, axis: int = -1, *, epsilon: float = 1e-5
) -> np.ndarray:
  centred = x - np.mean(x, axis, keepdims=True)
  return centred / np.sqrt(np.var(x, axis, keepdims=True) + epsilon)


def _swish(x: np.ndarray) -> np.ndarray:
  return x * _sigmoid(x)
