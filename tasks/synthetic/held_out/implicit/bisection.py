"""Bisection, for many equations side by side."""

from collections.abc import Callable

import numpy as np


def root(
  function: Callable[[np.ndarray], np.ndarray],
  low: np.ndarray,
  high: np.ndarray,
  num_steps: int = 55,
) -> np.ndarray:
  """The roots [count] of increasing functions, each within its bracket.

  Args:
    function: of arguments [count], below 0 at `low` and above at `high`.
    low: [count].
    high: [count].
    num_steps: halves the brackets so often; 55 leave what doubles tell apart.
  """
  for _ in range(num_steps):
    middle = (low + high) / 2
    is_below = function(middle) < 0
    low, high = (
      np.where(is_below, middle, low),
      np.where(is_below, high, middle),
    )
  return np.asarray((low + high) / 2)
