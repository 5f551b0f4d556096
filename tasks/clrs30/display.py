"""The line that follows a validation."""

import time
from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from tasks.clrs30.protocol import Protocol
from tasks.clrs30.training import Moment

_INTERVAL = 0.25  # Seconds; reading a loss waits for the device.
_RECENT = 60.0  # Seconds that a rate is taken over: compilations pass.


class Display:
  """Says how far a run is."""

  def __init__(
    self,
    num_jobs: int,
    num_left: int,
    protocol: Protocol,
    show: Callable[[str], None],
  ):
    """For a run of so many jobs, of which some are left."""
    self._num_jobs, self._num_left = num_jobs, num_left
    self._protocol = protocol
    self._show = show
    self._what = ""
    self._recent: deque[tuple[float, int]] = deque()  # Times and steps.

  def begin(
    self, algorithm: str, activation: str, seeds: Sequence[int]
  ) -> None:
    """A job begins."""
    number = self._num_jobs - self._num_left + 1
    self._num_left -= 1
    listed = ",".join(map(str, seeds))
    self._what = (
      f"{number} of {self._num_jobs}: {algorithm}, {activation}, seed {listed}"
    )
    self._recent.clear()
    self._show(f"{self._what}: drawing the first batches, compiling")

  def show(self, moment: Moment) -> None:
    """A step was done."""
    total = self._protocol.train_steps
    now, recent = time.monotonic(), self._recent
    if recent and now - recent[-1][0] < _INTERVAL and moment.step < total:
      return
    recent.append((now, moment.step))
    while now - recent[0][0] > _RECENT and len(recent) > 2:
      recent.popleft()
    self._show(
      f"{self._what}: step {moment.step:,} of {total:,}, "
      f"loss {np.mean(moment.losses):.4g}, "
      f"validation {moment.validation:.3f}, "
      f"{self._rate_and_left(moment.step)}"
    )

  def _rate_and_left(self, step: int) -> str:
    (then, first), (now, last) = self._recent[0], self._recent[-1]
    if first == last:
      return "compiling"
    rate = (last - first) / (now - then)
    total = self._protocol.train_steps
    steps = total - step + total * self._num_left
    minutes, seconds = divmod(int(steps / rate), 60)
    left = f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return f"{rate:.2f} steps/s, {left} left"
