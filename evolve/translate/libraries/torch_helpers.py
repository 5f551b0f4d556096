"""Functions of JAX, in PyTorch. What a module uses of them is written into it.

Nothing here is called, so PyTorch need not be there.
"""

# mypy: disable-error-code="import-not-found, no-any-return"
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
  import torch
  from torch.nn import functional


def _array(
  values: list[float], dtype: torch.dtype | None = None
) -> torch.Tensor:
  return torch.as_tensor(values, dtype=dtype)


def _astype(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
  return x.to(dtype)


def _cbrt(x: torch.Tensor) -> torch.Tensor:
  return torch.sign(x) * torch.abs(x) ** (1 / 3)


def _clamp(
  min: torch.Tensor, x: torch.Tensor, max: torch.Tensor
) -> torch.Tensor:
  return torch.minimum(torch.maximum(x, min), max)


def _clip(
  x: torch.Tensor, min: float | None = None, max: float | None = None
) -> torch.Tensor:
  if min is not None:
    x = torch.maximum(x, torch.as_tensor(min))
  return x if max is None else torch.minimum(x, torch.as_tensor(max))


def _cumlogsumexp(x: torch.Tensor, axis: int = 0) -> torch.Tensor:
  return torch.logcumsumexp(x, axis)


def _cummax(x: torch.Tensor, axis: int = 0) -> torch.Tensor:
  return torch.cummax(x, axis).values


def _cummin(x: torch.Tensor, axis: int = 0) -> torch.Tensor:
  return torch.cummin(x, axis).values


def _cumprod(x: torch.Tensor, axis: int | None = None) -> torch.Tensor:
  return torch.cumprod(x.ravel() if axis is None else x, axis or 0)


def _cumprod_from_first(x: torch.Tensor, axis: int = 0) -> torch.Tensor:
  return torch.cumprod(x, axis)


def _cumsum(x: torch.Tensor, axis: int | None = None) -> torch.Tensor:
  return torch.cumsum(x.ravel() if axis is None else x, axis or 0)


def _cumsum_from_first(x: torch.Tensor, axis: int = 0) -> torch.Tensor:
  return torch.cumsum(x, axis)


def _detach(x: torch.Tensor) -> torch.Tensor:
  return x.detach()


def _flip(x: torch.Tensor, axis: int | None = None) -> torch.Tensor:
  return torch.flip(x, tuple(range(x.ndim)) if axis is None else (axis,))


def _gelu(x: torch.Tensor) -> torch.Tensor:
  return functional.gelu(x, approximate="tanh")


def _hard_sigmoid(x: torch.Tensor) -> torch.Tensor:
  return functional.hardsigmoid(x)


def _heaviside(x: torch.Tensor, at_zero: torch.Tensor) -> torch.Tensor:
  return torch.where(x == 0, at_zero, (x > 0).to(x.dtype))


def _identity(x: torch.Tensor) -> torch.Tensor:
  return x


def _logsumexp(
  x: torch.Tensor, axis: int | None = None, *, keepdims: bool = False
) -> torch.Tensor:
  axes = tuple(range(x.ndim)) if axis is None else (axis,)
  return torch.logsumexp(x, axes, keepdims)


def _median(
  x: torch.Tensor, axis: int | None = None, *, keepdims: bool = False
) -> torch.Tensor:
  return torch.quantile(x, 0.5, axis, keepdims)


def _ndim(x: torch.Tensor) -> int:
  return x.ndim


def _polyval(p: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
  y = torch.zeros_like(x)
  for coefficient in p:
    y = y * x + coefficient
  return y


def _ptp(x: torch.Tensor, axis: int | None = None) -> torch.Tensor:
  axes = tuple(range(x.ndim)) if axis is None else (axis,)
  return torch.amax(x, axes) - torch.amin(x, axes)


def _round(x: torch.Tensor, decimals: int = 0) -> torch.Tensor:
  return torch.round(x, decimals=decimals)


def _round_away(x: torch.Tensor) -> torch.Tensor:
  return torch.copysign(torch.floor(torch.abs(x) + 0.5), x)


def _select(
  conditions: list[torch.Tensor],
  choices: list[torch.Tensor],
  default: float = 0,
) -> torch.Tensor:
  y = torch.as_tensor(default)
  for condition, choice in zip(conditions[::-1], choices[::-1], strict=True):
    y = torch.where(condition, torch.as_tensor(choice), y)
  return y


def _shape(x: torch.Tensor) -> tuple[int, ...]:
  return tuple(x.shape)


def _size(x: torch.Tensor) -> int:
  return x.numel()


def _softmax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
  return torch.softmax(x, axis)


def _log_softmax(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
  return torch.log_softmax(x, axis)


def _sort(x: torch.Tensor, axis: int = -1) -> torch.Tensor:
  return torch.sort(x, axis).values


def _sparse_plus(x: torch.Tensor) -> torch.Tensor:
  inside = torch.clip(x, -1, 1)
  return torch.where(x >= 1, x, (inside + 1) ** 2 / 4)


def _sparse_sigmoid(x: torch.Tensor) -> torch.Tensor:
  return 0.5 * torch.clip(x + 1, 0, 2)


def _squareplus(x: torch.Tensor, b: float = 4) -> torch.Tensor:
  return (x + torch.sqrt(x**2 + b)) / 2


def _standardize(
  x: torch.Tensor, axis: int = -1, *, epsilon: float = 1e-5
) -> torch.Tensor:
  centred = x - torch.mean(x, axis, keepdim=True)
  variance = torch.var(x, axis, correction=0, keepdim=True)
  return centred / torch.sqrt(variance + epsilon)


def _std(
  x: torch.Tensor,
  axis: int | None = None,
  *,
  ddof: int = 0,
  keepdims: bool = False,
) -> torch.Tensor:
  return torch.std(x, axis, correction=ddof, keepdim=keepdims)


def _take(
  x: torch.Tensor, indices: torch.Tensor, axis: int | None = None
) -> torch.Tensor:
  if axis is None:
    x, axis = x.ravel(), 0
  axis %= x.ndim
  indices = torch.as_tensor(indices, device=x.device)
  taken = torch.index_select(x, axis, indices.ravel())
  return taken.reshape(x.shape[:axis] + indices.shape + x.shape[axis + 1 :])


def _var(
  x: torch.Tensor,
  axis: int | None = None,
  *,
  ddof: int = 0,
  keepdims: bool = False,
) -> torch.Tensor:
  return torch.var(x, axis, correction=ddof, keepdim=keepdims)
