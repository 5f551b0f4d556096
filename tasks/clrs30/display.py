"""The line that follows a validation."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from tasks.clrs30.protocol import Protocol
from tasks.clrs30.training import Moment

_INTERVAL = 0.25  # Seconds; reading a loss waits for the device.


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
    self._shown = 0.0

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
    self._show(f"{self._what}: drawing the first batches, compiling")

  def show(self, moment: Moment) -> None:
    """A step was done."""
    total = self._protocol.train_steps
    now = time.monotonic()
    if now - self._shown < _INTERVAL and moment.step < total:
      return
    self._shown = now
    steps = total - moment.step + total * self._num_left
    minutes, seconds = divmod(int(steps / moment.steps_per_second), 60)
    self._show(
      f"{self._what}: step {moment.step:,} of {total:,}, "
      f"loss {np.mean(moment.losses):.4g}, "
      f"validation {moment.validation:.3f}, "
      f"{moment.steps_per_second:.2f} steps/s, "
      f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d} left"
    )
