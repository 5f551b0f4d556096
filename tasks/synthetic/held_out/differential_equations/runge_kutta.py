"""The classical Runge-Kutta method, for many initial states side by side."""

from collections.abc import Callable

import numpy as np


def solve(
  derivative: Callable[[np.ndarray, np.ndarray], np.ndarray],
  initial: tuple[np.ndarray, ...],
  time: np.ndarray,
  num_steps: int = 80,
) -> np.ndarray:
  """The states [dimensions, count] that are reached, each at its own time.

  Args:
    derivative: of states [dimensions, count] at times [count].
    initial: the states at time 0, an array [count] for each dimension.
    time: [count]; below 0 it is solved backward.
    num_steps: of equal length.
  """
  state = np.stack(np.broadcast_arrays(*initial, time)[:-1])
  step = time / num_steps
  for index in range(num_steps):
    now = index * step
    first = derivative(state, now)
    second = derivative(state + step / 2 * first, now + step / 2)
    third = derivative(state + step / 2 * second, now + step / 2)
    fourth = derivative(state + step * third, now + step)
    state = state + step / 6 * (first + 2 * second + 2 * third + fourth)
  return state
